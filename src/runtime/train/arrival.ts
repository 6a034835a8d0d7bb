/** Notices that an objective which nothing is known to keep from collapsing has gone to what the same output for every example gives. */
import { type Diagnostic, report } from '../../diagnostics/index.js';

/** Steps whose mean is where a run starts, and how near to the end of the way, as a share of it, counts as there. */
const startSteps = 3;
const near = 0.1;

export interface ArrivalRecord {
  start: number;
  steps: number;
  sum: number;
  count: number;
  isDone: boolean;
}

export class ArrivalWatch {
  /**
   * `plateaus`: each term's value at a constant representation. `reason`: why the objective does not collapse. What the representation is made of may keep its
   * spread for long while the output that the terms see has none: gauges of the representation do not tell.
   */
  constructor(
    private readonly plateaus: (() => Readonly<Record<string, number>> | undefined) | undefined,
    private readonly reason: (() => string | undefined) | undefined,
    readonly record: ArrivalRecord = { start: 0, steps: 0, sum: 0, count: 0, isDone: false },
  ) {}

  add(loss: number): void {
    if (this.record.steps++ < startSteps) this.record.start += loss / startSteps;
    else {
      this.record.sum += loss;
      this.record.count++;
    }
  }

  /** What the mean since the last call says; at most one warning a run. */
  check(step: number): Diagnostic | undefined {
    if (!this.plateaus || !this.reason || this.record.isDone || this.record.count === 0) return undefined;
    const loss = this.record.sum / this.record.count;
    this.record.sum = 0;
    this.record.count = 0;
    const constants = this.reason() === undefined ? this.plateaus() : undefined;
    if (!constants) {
      this.record.isDone = true;
      return undefined;
    }
    const constant = Object.values(constants).reduce((sum, value) => sum + value, 0);
    const way = (this.record.start - loss) / (this.record.start - constant);
    if (this.record.start <= constant || Math.abs(1 - way) > near) return undefined;
    this.record.isDone = true;
    return report('EBM5022', { step, start: this.record.start, loss, constant });
  }
}
