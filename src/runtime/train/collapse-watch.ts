/** Says once that a representation collapses: soon where the objective may allow it, sooner where that was reported, later where it is known not to. */
import { type Diagnostic, report } from '../../diagnostics/index.js';
import { type Gauges, isCollapsed } from './gauges.js';

/** What is known not to stay collapsed may begin so: what is predicted from little is the mean of all at first. */
const patientEpochs = 2;
/** A spread that has grown so much over its lowest is leaving. */
const growth = 1.1;

/** The share of the spread that it began with below which a representation whose collapse was foreseen is told. */
const foreseen = 1 / 4;

export interface CollapseRecord {
  /** The spread before the first step. */
  initial?: number;
  since?: { readonly step: number; readonly spread: number } | undefined;
  isDone: boolean;
}

export class CollapseWatch {
  private known: { readonly reason: string | undefined } | undefined;

  /**
   * `reason`: why the objective does not collapse, if the compiler found one. Then the warning waits for two epochs in which the spread does not
   * grow, or for the last step. `reported`: the code that the analysis has reported instead.
   */
  constructor(
    private readonly reason: (() => string | undefined) | undefined,
    private readonly reported: (() => string | undefined) | undefined,
    private readonly plan: { readonly stepsPerEpoch: number; readonly steps: number },
    readonly record: CollapseRecord = { isDone: false },
  ) {}

  /** After a measurement, in the order of steps. */
  check(step: number, gauges: Gauges): Diagnostic | undefined {
    if (step === 0) this.record.initial = gauges.spread;
    if (this.record.isDone || step === 0) return undefined;
    const { initial = 0 } = this.record;
    const said = gauges.spread < foreseen * initial ? this.reported?.() : undefined;
    if (said) {
      this.record.isDone = true;
      return collapseWarning(step, gauges, { foreseen: { said, initial } });
    }
    if (!isCollapsed(gauges)) {
      this.record.since = undefined;
      return undefined;
    }
    if (!this.record.since || gauges.spread > growth * this.record.since.spread)
      this.record.since = { step, spread: gauges.spread };
    else if (gauges.spread < this.record.since.spread)
      this.record.since = { ...this.record.since, spread: gauges.spread };
    this.known ??= { reason: this.reason?.() };
    const { reason } = this.known;
    const { stepsPerEpoch, steps } = this.plan;
    const waits = reason !== undefined && step < steps && step - this.record.since.step < patientEpochs * stepsPerEpoch;
    if (waits) return undefined;
    this.record.isDone = true;
    return collapseWarning(step, gauges, { reason });
  }
}

/** Of gauges that show a collapse. `foreseen`: what the analysis has reported, and the spread before the first step. */
export function collapseWarning(
  step: number,
  gauges: Gauges,
  why: {
    readonly reason?: string | undefined;
    readonly foreseen?: { readonly said: string; readonly initial: number };
  } = {},
): Diagnostic {
  const { spread, effectiveRank: rank, dimensions } = gauges;
  return report('EBM5012', { step, spread, rank, dimensions, ...why });
}
