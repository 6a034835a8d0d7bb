/** Examples that turn out to be damaged when they are read. Others stand in for them, always the same ones. */
import { EbmcError, report } from '../../diagnostics/index.js';
import type { Dataset, OpenOptions } from './dataset.js';

export interface BadRow {
  readonly row: number;
  /** The file, or the member of an archive. */
  readonly name: string;
  readonly reason: string;
}

/** Thrown by readers: what was read has such rows in it. */
export class BadRowsError extends Error {
  constructor(readonly rows: readonly BadRow[]) {
    super(rows.map(({ name, reason }) => `${name}: ${reason}`).join('; '));
  }
}

/**
 * The damaged rows of one split. The next good one stands in for each, so that an epoch's batches depend on the data only,
 * wherever a run started and in whatever order the damage was found.
 */
export class BadRows {
  private readonly found = new Map<number, BadRow>();

  constructor(
    private readonly count: number,
    private readonly options: OpenOptions,
  ) {}

  list(): readonly BadRow[] {
    return [...this.found.values()];
  }

  /** Reads, and where rows turn out to be damaged, reads again with others in their place. */
  async read<T>(rows: ArrayLike<number>, work: (rows: ArrayLike<number>) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work(this.replaced(rows));
      } catch (error) {
        if (!(error instanceof BadRowsError)) throw error;
        this.add(error.rows);
      }
    }
  }

  private replaced(rows: ArrayLike<number>): ArrayLike<number> {
    if (this.found.size === 0) return rows;
    return Uint32Array.from(rows, (row) => {
      let good = row;
      while (this.found.has(good)) good = (good + 1) % this.count;
      return good;
    });
  }

  private add(bad: readonly BadRow[]): void {
    const { strict, warn } = this.options;
    const first = bad[0]!;
    if (strict) throw new EbmcError([report('EBM4018', { file: first.name, reason: first.reason })]);
    if (this.found.size === 0) warn(report('EBM4023', { file: first.name, reason: first.reason }));
    for (const row of bad) this.found.set(row.row, row);
    if (this.found.size >= this.count) {
      const names = this.list().map(({ name }) => name);
      const slots = { count: this.count, total: this.count, files: names.slice(0, 10) };
      throw new EbmcError([report('EBM4009', slots, { notes: [`${first.name}: ${first.reason}`] })]);
    }
  }
}

const namedAtMost = 10;

/** The count at the end. */
export function warnOfDamage(dataset: Dataset, warn: OpenOptions['warn']): void {
  const damaged = dataset.damaged?.() ?? [];
  if (damaged.length === 0) return;
  const named = damaged.slice(0, namedAtMost);
  const slots = { dataset: dataset.name, count: damaged.length, files: named.map(({ name }) => name) };
  warn(report('EBM4024', slots, { notes: named.map(({ name, reason }) => `${name}: ${reason}`) }));
}
