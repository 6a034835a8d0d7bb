/** Rows and members that are left out while a data set is opened: named (the first few), counted, refused under --strict. */
import { EbmcError, report } from '../../diagnostics/index.js';
import type { OpenOptions } from './dataset.js';

const namedAtMost = 10;

export class SkippedRows {
  good = 0;
  private count = 0;
  /** Field → rows that lack nothing but this label. */
  private readonly unlabelled = new Map<string, number>();
  private readonly named: string[] = [];

  constructor(
    private readonly dataset: string,
    private readonly what: string,
  ) {}

  /** `label`: the class field that alone keeps it from being used. */
  add(place: string, reason: string, label?: string): void {
    this.count++;
    if (label !== undefined) this.unlabelled.set(label, (this.unlabelled.get(label) ?? 0) + 1);
    if (this.named.length < namedAtMost) this.named.push(`${place}: ${reason}`);
  }

  /** The count at the end of opening. */
  tell({ strict, warn }: OpenOptions): void {
    if (this.count === 0) return;
    const { dataset, what, count } = this;
    const unlabelled = [...this.unlabelled].map(([field, rows]) => ({ field, rows }));
    const slots = { dataset, what, count, total: count + this.good, unlabelled };
    if (strict || this.good === 0) throw new EbmcError([report('EBM4026', slots, { notes: this.named })]);
    warn(report('EBM4025', slots, { notes: this.named }));
  }
}
