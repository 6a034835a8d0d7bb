/** What the columns of a table are, by its first records. */
import { readError } from '../read-error.js';
import type { TableColumn, TableFile, TableFormat, TableRecord } from './table.js';

/** Bytes that are looked at. */
const bytesLookedAt = 2 ** 25;

/** The first `wanted` records, or fewer where they are large. */
export async function firstRecords(file: string, format: TableFormat, wanted: number): Promise<TableRecord[]> {
  const first: TableRecord[] = [];
  if (wanted === 0) return first;
  try {
    for await (const record of format.records(file, 0, undefined)) {
      first.push(record);
      if (first.length >= wanted || record.end > bytesLookedAt) break;
    }
  } catch (error) {
    throw readError(file, error);
  }
  return first;
}

/** Numbers where most cells are, arrays where they are arrays of one length, else words. */
export function inferColumns(rows: readonly TableRecord[], { format, places }: TableFile): TableColumn[] {
  return [...places.keys()].flatMap((name): TableColumn[] => {
    if (name === '') return [];
    const cells = rows.map((record) => format.cell(record, name, places)).filter((cell) => cell !== undefined);
    const lengths = cells.flatMap((cell) => (Array.isArray(cell) ? [cell.length] : []));
    if (lengths.length * 2 > cells.length) return [{ name, kind: 'tensor', shape: [mostFrequent(lengths)] }];
    const numbers = cells.filter((cell) => typeof cell === 'number').length;
    return [{ name, kind: numbers > 0 && numbers * 2 >= cells.length ? 'tensor' : 'text', shape: [] }];
  });
}

function mostFrequent(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}
