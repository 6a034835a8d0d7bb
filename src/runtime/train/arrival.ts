/** Notices that an objective which nothing is known to keep from collapsing goes, or has gone, to what the same output for every example gives. */
import { rankOutput, spreadOutput } from '../../compiler/lower/output-gauges.js';
import { type Diagnostic, report } from '../../diagnostics/index.js';

/** Steps whose mean is where a run starts, and how near to the end of the way, as a share of it, counts as there. */
const startSteps = 3;
const near = 0.1;
/** The least share of the way, and the most of the outputs' difference that is left, on the way there. */
const farEnough = 0.5;
const left = 0.5;

/** How much outputs differ, and in how many directions. */
interface Difference {
  readonly spread: number;
  readonly rank: number;
}

export interface ArrivalRecord {
  start: number;
  steps: number;
  sum: number;
  count: number;
  isDone: boolean;
  /** The same of the outputs; absent where a step does not say. */
  outputs?: { start: Difference; sum: Difference };
  /** Whether it was told to be on its way. */
  isTold?: boolean;
}

export class ArrivalWatch {
  /**
   * `plateaus`: each term's value at a constant representation. `reason`: why the objective does not collapse. `reported`: the code that the analysis has reported instead: then less
   * is needed to tell. What the representation is made of may keep its spread for long while the output that the terms see has none: gauges of the representation do not tell.
   */
  constructor(
    private readonly plateaus: (() => Readonly<Record<string, number>> | undefined) | undefined,
    private readonly reason: (() => string | undefined) | undefined,
    private readonly reported: (() => string | undefined) | undefined,
    readonly record: ArrivalRecord = { start: 0, steps: 0, sum: 0, count: 0, isDone: false },
  ) {}

  add(loss: number, others: Readonly<Record<string, number>> = {}): void {
    const { record } = this;
    const [spread, rank] = [others[spreadOutput], others[rankOutput]];
    const none = { spread: 0, rank: 0 };
    if (spread !== undefined && rank !== undefined) {
      record.outputs ??= { start: none, sum: none };
      const place = record.steps < startSteps ? 'start' : 'sum';
      const before = record.outputs[place];
      record.outputs[place] = { spread: before.spread + spread, rank: before.rank + rank };
    }
    if (record.steps++ < startSteps) record.start += loss / startSteps;
    else {
      record.sum += loss;
      record.count++;
    }
  }

  /** What the means since the last call say; at most one warning a run that it is there, and one before that it goes there. */
  check(step: number): Diagnostic | undefined {
    const { record } = this;
    if (!this.plateaus || !this.reason || record.isDone || record.count === 0) return undefined;
    const loss = record.sum / record.count;
    const outputs = record.outputs && {
      before: scaled(record.outputs.start, 1 / startSteps),
      now: scaled(record.outputs.sum, 1 / record.count),
    };
    record.sum = 0;
    record.count = 0;
    if (record.outputs) record.outputs.sum = { spread: 0, rank: 0 };
    const constants = this.reason() === undefined ? this.plateaus() : undefined;
    if (!constants) {
      record.isDone = true;
      return undefined;
    }
    const { start } = record;
    const constant = Object.values(constants).reduce((sum, value) => sum + value, 0);
    const way = (start - loss) / (start - constant);
    if (start <= constant) return undefined;
    if (Math.abs(1 - way) <= near) {
      record.isDone = true;
      return report('EBM5022', { step, start, loss, constant });
    }
    const said = this.reported?.();
    if (record.isTold || !said || !outputs || way < farEnough || way > 1 || !isLost(outputs.before, outputs.now))
      return undefined;
    record.isTold = true;
    return report('EBM5023', { step, said, start, loss, constant, ...outputs });
  }
}

function scaled({ spread, rank }: Difference, by: number): Difference {
  return { spread: spread * by, rank: rank * by };
}

/** Whether of the share of the outputs that differs, times the directions that it differs in, too little is left. */
function isLost(before: Difference, now: Difference): boolean {
  return now.spread ** 2 * now.rank <= left * before.spread ** 2 * before.rank;
}
