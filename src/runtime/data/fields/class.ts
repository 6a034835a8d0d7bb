/** `Class[n]`: whole numbers from 0, or words, numbered in their order. */
import { report } from '../../../diagnostics/index.js';
import { BadRowsError } from '../bad-rows.js';
import type { Binding, FieldType, Reader, SplitColumn } from './field-type.js';
import { otherShape } from './shapes.js';

const atOnce = 65536;

export const classField: FieldType = {
  takesUnnamed: ['class'],
  async bind(binding) {
    const { decl, field } = binding;
    const read = await readLabels(binding);
    if (!read) return otherShape(binding);
    const { labels, names } = read;
    let highest = -1;
    for (const split of labels) for (let i = 0; i < split.length; i++) if (split[i]! > highest) highest = split[i]!;
    const classes = field.shape[0] ?? 0;
    if (highest >= classes) {
      const slots = { dataset: decl.name, field: field.name, classes, label: highest };
      return report('EBM4011', slots, { span: field.span });
    }
    const readers = labels.map(
      (split): Reader =>
        async (rows) => {
          const values = Int32Array.from(rows, (row) => split[row]!);
          if (values.some((label) => label < 0)) throw damagedAmong(rows, values, field.name);
          return values;
        },
    );
    return { readers, ...(names ? { classes: names } : {}) };
  },
};

/** What could not be read when the data set was opened. */
function damagedAmong(rows: ArrayLike<number>, values: Int32Array, name: string): BadRowsError {
  const bad = Array.from(values).flatMap((label, place) => (label < 0 ? [rows[place]!] : []));
  return new BadRowsError(bad.map((row) => ({ row, name: `row ${row}, \`${name}\``, reason: 'it has no class' })));
}

/** The rows of a range that can be read, and what they hold. */
async function readGood<T>(
  read: (rows: ArrayLike<number>) => Promise<ArrayLike<T>>,
  from: number,
  to: number,
): Promise<{ rows: Uint32Array; values: ArrayLike<T> }> {
  const bad = new Set<number>();
  for (;;) {
    const rows = range(from, to).filter((row) => !bad.has(row));
    try {
      return { rows, values: await read(rows) };
    } catch (error) {
      if (!(error instanceof BadRowsError)) throw error;
      for (const { row } of error.rows) bad.add(row);
    }
  }
}

interface Labels {
  /** Split by split. */
  readonly labels: readonly ArrayLike<number>[];
  readonly names?: readonly string[] | undefined;
}

/** Undefined where the columns hold no classes. */
async function readLabels({ columns }: Binding): Promise<Labels | undefined> {
  const kinds = new Set(columns.map(({ column }) => column.kind));
  if (kinds.has('text')) return numberWords(columns);
  const splits = await Promise.all(
    columns.map(async ({ column, count }) => {
      if (column.kind === 'class') return column.labels;
      if (column.kind !== 'tensor' || column.shape.some((size) => size !== 1)) return undefined;
      const values = new Int32Array(count).fill(-1);
      for (let start = 0; start < count; start += atOnce) {
        const good = await readGood((rows) => column.read(rows), start, Math.min(count, start + atOnce));
        for (const [i, row] of good.rows.entries()) {
          const value = good.values[i]!;
          if (!Number.isInteger(value) || value < 0) return undefined;
          values[row] = value;
        }
      }
      return values;
    }),
  );
  const first = columns[0]?.column;
  const names = first?.kind === 'class' ? first.names : first?.kind === 'tensor' ? first.classes : undefined;
  return splits.every((split) => split !== undefined) ? { labels: splits, names } : undefined;
}

/** Words are numbered in the order of their code units, over all splits, so that they mean the same in each. */
async function numberWords(columns: readonly SplitColumn[]): Promise<Labels | undefined> {
  const found = new Map<string, number>();
  const splits: Int32Array[] = [];
  for (const { column, count } of columns) {
    if (column.kind !== 'text') return undefined;
    const places = new Int32Array(count).fill(-1);
    for (let start = 0; start < count; start += atOnce) {
      const good = await readGood((rows) => column.read(rows), start, Math.min(count, start + atOnce));
      for (const [i, row] of good.rows.entries()) {
        const word = good.values[i]!;
        if (!found.has(word)) found.set(word, found.size);
        places[row] = found.get(word)!;
      }
    }
    splits.push(places);
  }
  const numbers = new Int32Array(found.size);
  const names = [...found.keys()].sort();
  names.forEach((word, number) => {
    numbers[found.get(word)!] = number;
  });
  return { labels: splits.map((places) => places.map((place) => numbers[place] ?? -1)), names };
}

function range(from: number, to: number): Uint32Array {
  return Uint32Array.from({ length: to - from }, (_, i) => from + i);
}
