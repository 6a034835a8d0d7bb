/** Rows and members that are left out while a data set is opened: named (the first few), counted, refused under --strict. */
import { EbmcError, report } from '../../diagnostics/index.js';
import type { OpenOptions } from './dataset.js';

const namedAtMost = 10;

export class SkippedRows {
  good = 0;
  private count = 0;
  private readonly named: string[] = [];

  constructor(
    private readonly dataset: string,
    private readonly what: string,
  ) {}

  add(place: string, reason: string): void {
    this.count++;
    if (this.named.length < namedAtMost) this.named.push(`${place}: ${reason}`);
  }

  /** The count at the end of opening. */
  tell({ strict, warn }: OpenOptions): void {
    if (this.count === 0) return;
    const slots = { dataset: this.dataset, what: this.what, count: this.count, total: this.count + this.good };
    if (strict || this.good === 0) throw new EbmcError([report('EBM4026', slots, { notes: this.named })]);
    warn(report('EBM4025', slots, { notes: this.named }));
  }
}
