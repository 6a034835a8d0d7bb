/** Pictures of a column that stay in memory once they are decoded, and go to the cache once all are. */
import { type BadRow, BadRowsError } from '../bad-rows.js';
import { entryOfPictures, pathOfPictures, readPictures } from '../cache/pictures.js';
import type { EncodedColumn } from '../columns.js';
import { type Decoding, problemText, sizeOf } from '../pictures/decode-image.js';
import { sharedBytes } from '../pictures/kept-pictures.js';
import type { Work } from '../workers/messages.js';
import type { BatchPool } from '../workers/pool.js';
import type { Reader } from './field-type.js';

/** The part of the pictures, one in so many, that is decoded for the cache alone: an epoch may leave some out. */
const restAtMost = 8;
const atOnce = 256;

export function keptReader(
  column: EncodedColumn,
  count: number,
  decoding: Decoding,
  pool: BatchPool,
  cache: boolean,
): Reader {
  let opening: Promise<KeptColumn> | undefined;
  return async (rows) => {
    opening ??= KeptColumn.open(column, count, decoding, pool, cache);
    return (await opening).read(rows);
  };
}

class KeptColumn {
  private readonly damaged = new Map<number, BadRow>();
  private left: number;
  private storing = false;

  private constructor(
    private readonly column: EncodedColumn,
    private readonly decoding: Decoding,
    private readonly pool: BatchPool,
    private path: string | undefined,
    private readonly bytes: Uint8Array,
    /** 1 where a row is in memory or damaged. */
    private readonly known: Uint8Array,
  ) {
    this.left = known.reduce((left, there) => left - there, known.length);
  }

  static async open(
    column: EncodedColumn,
    count: number,
    decoding: Decoding,
    pool: BatchPool,
    cache: boolean,
  ): Promise<KeptColumn> {
    const { origin } = column;
    const path = cache && origin ? await pathOfPictures(origin.rows, origin.files, decoding) : undefined;
    const found = path === undefined ? undefined : await readPictures(path, count, decoding);
    const bytes = found ? found.bytes : sharedBytes(count * sizeOf(decoding));
    const kept = new KeptColumn(column, decoding, pool, path, bytes, new Uint8Array(count).fill(found ? 1 : 0));
    // The names of damaged rows are the column's to tell.
    for (const row of found?.problems.keys() ?? []) kept.forget(row);
    return kept;
  }

  async read(rows: ArrayLike<number>): Promise<Float32Array> {
    const { bytes, decoding, pool } = this;
    const indices = Uint32Array.from(rows);
    const missing = indices.filter((row) => this.known[row] === 0);
    const items = missing.length > 0 ? await this.column.read(missing) : [];
    // What lies beside the files that are the key may change unseen.
    if (items.some((item) => 'file' in item && item.length === undefined)) this.path = undefined;
    const work: Work = { kind: 'fill', bytes, indices, missing, items, decoding };
    const { values, bad } = await pool.run(work);
    for (const { place, name, problem } of bad)
      this.damaged.set(missing[place]!, { row: missing[place]!, name, reason: problemText(problem) });
    for (const row of missing) this.know(row);
    this.keepAll();
    const problems = [...indices].flatMap((row) => this.damaged.get(row) ?? []);
    if (problems.length > 0) throw new BadRowsError(problems);
    return values;
  }

  private know(row: number): void {
    if (this.known[row] === 1) return;
    this.known[row] = 1;
    this.left--;
  }

  private forget(row: number): void {
    this.known[row] = 0;
    this.left++;
  }

  /** Beside whatever else happens; a failure leaves the cache as it was. */
  private keepAll(): void {
    if (!this.path || this.storing || this.left * restAtMost > this.known.length) return;
    this.storing = true;
    void this.store(this.path).catch(() => {});
  }

  private async store(path: string): Promise<void> {
    const { known, bytes, damaged, pool } = this;
    const rest = Uint32Array.from(known.keys()).filter((row) => known[row] === 0);
    for (let start = 0; start < rest.length; start += atOnce) {
      await this.read(rest.subarray(start, start + atOnce)).catch((error: unknown) => {
        if (!(error instanceof BadRowsError)) throw error;
      });
    }
    const problems = [...damaged].map(([row, { reason }]) => [row, reason] as const);
    await pool.run({ kind: 'store', writing: entryOfPictures(path, known.length, bytes, problems) });
  }
}
