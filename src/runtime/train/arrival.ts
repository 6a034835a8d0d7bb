/** Notices that an objective which nothing is known to keep from collapsing has gone to what the same output for every example gives. */
import { type Diagnostic, report } from '../../diagnostics/index.js';

/** Steps whose mean is where a run starts, and how near to the end of the way, as a share of it, counts as there. */
const startSteps = 3;
const near = 0.1;

export class ArrivalWatch {
  private start = 0;
  private steps = 0;
  private sum = 0;
  private count = 0;
  private isDone = false;

  /**
   * `plateaus`: each term's value at a constant representation. `reason`: why the objective does not collapse. What the representation is made of may keep its
   * spread for long while the output that the terms see has none: gauges of the representation do not tell.
   */
  constructor(
    private readonly plateaus: (() => Readonly<Record<string, number>> | undefined) | undefined,
    private readonly reason: (() => string | undefined) | undefined,
  ) {}

  add(loss: number): void {
    if (this.steps++ < startSteps) this.start += loss / startSteps;
    else {
      this.sum += loss;
      this.count++;
    }
  }

  /** What the mean since the last call says; at most one warning a run. */
  check(step: number): Diagnostic | undefined {
    if (!this.plateaus || !this.reason || this.isDone || this.count === 0) return undefined;
    const loss = this.sum / this.count;
    this.sum = 0;
    this.count = 0;
    const constants = this.reason() === undefined ? this.plateaus() : undefined;
    if (!constants) {
      this.isDone = true;
      return undefined;
    }
    const constant = Object.values(constants).reduce((sum, value) => sum + value, 0);
    const way = (this.start - loss) / (this.start - constant);
    if (this.start <= constant || Math.abs(1 - way) > near) return undefined;
    this.isDone = true;
    return report('EBM5022', { step, start: this.start, loss, constant });
  }
}
