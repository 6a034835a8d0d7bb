/** Notices that every term of an objective stays where a constant representation would have it: ln(2N - 1) for NT-Xent, ln K for prototypes. */
import { type Diagnostic, report } from '../../diagnostics/index.js';

type Terms = Readonly<Record<string, number>>;

/** Least fall of the loss, as a share, that counts as learning; how near a plateau is, as a share. */
const fall = 0.02;
const near = 0.01;

export interface PlateauRecord {
  sums: Record<string, number>;
  steps: number;
  firstLoss?: number;
  isDone: boolean;
}

export class PlateauWatch {
  /** `plateaus`: each term's value at a constant representation; asked for once, when the loss does not fall. */
  constructor(
    private readonly plateaus: (() => Terms | undefined) | undefined,
    readonly record: PlateauRecord = { sums: {}, steps: 0, isDone: false },
  ) {}

  add(metrics: Terms): void {
    for (const [metric, value] of Object.entries(metrics)) {
      if (!metric.startsWith('term.')) continue;
      const name = metric.slice('term.'.length);
      this.record.sums[name] = (this.record.sums[name] ?? 0) + value;
    }
    this.record.steps++;
  }

  /** What the means since the last call say; at most one warning a run. */
  check(step: number): Diagnostic | undefined {
    if (!this.plateaus || this.record.isDone || this.record.steps === 0) return undefined;
    const means = Object.entries(this.record.sums).map(([name, sum]) => [name, sum / this.record.steps] as const);
    this.record.sums = {};
    this.record.steps = 0;
    const loss = means.reduce((sum, [, mean]) => sum + mean, 0);
    if (this.record.firstLoss === undefined) {
      this.record.firstLoss = loss;
      return undefined;
    }
    if (this.record.firstLoss - loss > fall * Math.abs(this.record.firstLoss)) {
      this.record.isDone = true;
      return undefined;
    }
    const plateaus = this.plateaus();
    this.record.isDone = true;
    const isNear = (value: number, plateau: number | undefined): boolean =>
      plateau !== undefined && Math.abs(value - plateau) <= near * (Math.abs(plateau) + near);
    if (!plateaus || !means.every(([name, mean]) => isNear(mean, plateaus[name]))) return undefined;
    const terms = means.map(([name, mean]) => ({ name, value: mean, plateau: plateaus[name]! }));
    return report('EBM5020', { step, terms });
  }
}
