/** Rows that are read in parts: a block of lines, a row group. A few parts stay in memory, the ones used last. */
import { BadRowsError } from './bad-rows.js';
import type { Part } from './order.js';

/** The values of a part's columns, one a row (or `width` numbers a row). */
export type PartColumns = ReadonlyMap<string, ArrayLike<unknown>>;

/** Bytes: what an order mixes at once, and the next such. */
const keptAtMost = 2 ** 29;

export class PartedRows {
  private readonly kept = new Map<number, Promise<PartColumns>>();
  private keptBytes = 0;

  constructor(
    readonly count: number,
    readonly parts: readonly Part[],
    private readonly readPart: (part: number) => Promise<PartColumns>,
    /** What a part is called where it cannot be read. */
    private readonly nameOf: (part: number) => string,
  ) {}

  /** Calls `take` with the values of a column's part and, in it, the row for each of the rows asked for. */
  async gather<T>(
    column: string,
    rows: ArrayLike<number>,
    take: (values: ArrayLike<T>, row: number, place: number) => void,
  ): Promise<void> {
    const places = new Map<number, number[]>();
    for (let place = 0; place < rows.length; place++) {
      const part = this.partOf(rows[place]!);
      const list = places.get(part);
      if (list) list.push(place);
      else places.set(part, [place]);
    }
    for (const [part, list] of places) {
      const columns = await this.part(part).catch((error: unknown) => {
        throw this.damaged(part, error);
      });
      const values = columns.get(column) as ArrayLike<T>;
      const { start } = this.parts[part]!;
      for (const place of list) take(values, rows[place]! - start, place);
    }
  }

  /** Where a part cannot be read, all of its rows are damaged. */
  private damaged(part: number, error: unknown): BadRowsError {
    const reason = error instanceof Error ? error.message : String(error);
    const { start } = this.parts[part]!;
    const end = this.parts[part + 1]?.start ?? this.count;
    const name = this.nameOf(part);
    return new BadRowsError(Array.from({ length: end - start }, (_, i) => ({ row: start + i, name, reason })));
  }

  private part(number: number): Promise<PartColumns> {
    const known = this.kept.get(number);
    const reading = known ?? this.readPart(number);
    // The one used last is the last.
    this.kept.delete(number);
    this.kept.set(number, reading);
    if (known) return known;
    reading.catch(() => this.drop(number));
    this.keptBytes += this.parts[number]!.bytes;
    for (const [oldest] of this.kept) {
      if (this.keptBytes <= keptAtMost || oldest === number) break;
      this.drop(oldest);
    }
    return reading;
  }

  private drop(number: number): void {
    if (this.kept.delete(number)) this.keptBytes -= this.parts[number]!.bytes;
  }

  private partOf(row: number): number {
    let [low, high] = [0, this.parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.parts[middle]!.start <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
