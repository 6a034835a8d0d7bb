/** A column of some rows of another, in any order. */
import { createHash } from 'node:crypto';
import { BadRowsError } from '../bad-rows.js';
import type { Column, Draw } from '../columns.js';

export function pickRows(column: Column, name: string, rows: Uint32Array): Column {
  if (column.kind === 'class') return { ...column, name, labels: Int32Array.from(rows, (row) => column.labels[row]!) };
  const inner = (wanted: ArrayLike<number>): Uint32Array => Uint32Array.from(wanted, (place) => rows[place]!);
  switch (column.kind) {
    case 'pixels':
      return { ...column, name, read: (wanted: ArrayLike<number>) => renumbered(rows, column.read(inner(wanted))) };
    case 'tensor':
      return {
        ...column,
        name,
        read: (wanted: ArrayLike<number>, draw?: Draw) => renumbered(rows, column.read(inner(wanted), draw)),
      };
    case 'text':
      return { ...column, name, read: (wanted: ArrayLike<number>) => renumbered(rows, column.read(inner(wanted))) };
    case 'encoded': {
      const { origin } = column;
      const picked = origin && {
        ...origin,
        rows: `${origin.rows}, rows ${createHash('sha256').update(rows).digest('hex')}`,
      };
      return {
        ...column,
        name,
        ...(picked ? { origin: picked } : {}),
        read: (wanted: ArrayLike<number>) => renumbered(rows, column.read(inner(wanted))),
      };
    }
  }
}

/** Damaged rows are told by the rows that were asked for. */
async function renumbered<T>(rows: Uint32Array, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof BadRowsError)) throw error;
    const bad = new Map(error.rows.map((row) => [row.row, row]));
    const found = Array.from(rows).flatMap((row, place) => {
      const problem = bad.get(row);
      return problem ? [{ ...problem, row: place }] : [];
    });
    throw new BadRowsError(found);
  }
}
