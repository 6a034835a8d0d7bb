/** From what the jobs found to the comparison: pure, done again whenever a job ends. */
import type { CompareDecl, TrainDecl } from '../../compiler/declarations.js';
import type { ComparedRun, Comparison, Competitor, Difference, MeasureInfo } from './comparison.js';
import type { Outcome } from './outcome.js';

export interface RunState {
  readonly seed: number;
  /** Relative to the comparison's folder. */
  readonly folder: string | undefined;
  readonly outcome: Outcome | undefined;
  /** Why there is no outcome, where a job failed without one. */
  readonly failure: string | undefined;
}

/** A row of the comparison as far as it is known. */
export interface RowState extends Omit<Competitor, 'runs' | 'summary' | 'verdict'> {
  readonly runs: readonly RunState[];
  /** What it is trained with; undefined of a baseline that is not trained. */
  readonly train: TrainDecl | undefined;
  /** In words, by what may differ: "encoder" → "small_cnn, 23,296 parameters". */
  readonly traits: Readonly<Record<string, string>>;
}

export interface Header
  extends Pick<Comparison, 'file' | 'source' | 'modules' | 'versions' | 'created' | 'dataset' | 'measures'> {
  readonly decl: CompareDecl;
}

export function toRun({ seed, folder, outcome, failure }: RunState): ComparedRun {
  if (!outcome) {
    const status = failure === undefined ? 'waiting' : 'failed';
    const base = { seed, folder, status, cost: undefined, curve: [], measures: {} } as const;
    return failure === undefined ? base : { ...base, reason: failure };
  }
  const { status, cost, curve, measures, code, reason, pictures } = outcome;
  return {
    ...{ seed, folder, status, cost, curve, measures },
    ...(reason === undefined ? {} : { reason: `${code}: ${reason}` }),
    ...(pictures === undefined ? {} : { pictures }),
  };
}

/** Settings in the order in which a report lists them. */
export function describeTraining(train: TrainDecl): Record<string, string> {
  const call = ({ name, settings }: { name: string; settings: Readonly<Record<string, number>> }): string =>
    `${name}(${Object.entries(settings)
      .map(([setting, value]) => `${setting}: ${value}`)
      .join(', ')})`;
  return {
    batch: String(train.batch),
    optimizer: call(train.optimizer),
    schedule: call(train.schedule),
    precision: train.precision,
    'batch statistics of': train.microBatch === undefined ? 'the whole batch' : `the ${train.statistics} batch`,
  };
}

/** What every trained competitor has in common, and every line in which they differ. */
export function splitTraits(rows: readonly RowState[]): {
  readonly equal: Readonly<Record<string, string>>;
  readonly differences: readonly Difference[];
} {
  const competing = rows.filter(({ kind }) => kind === 'objective');
  const traits = new Map<string, Record<string, string>>();
  for (const { name, train, traits: own } of competing) {
    for (const [what, value] of Object.entries({ ...(train ? describeTraining(train) : {}), ...own }))
      traits.set(what, { ...traits.get(what), [name]: value });
  }
  const equal: Record<string, string> = {};
  const differences: Difference[] = [];
  for (const [what, values] of traits) {
    const [first, ...others] = Object.values(values);
    const isShared = others.length === competing.length - 1 && others.every((value) => value === first);
    if (isShared) equal[what] = first!;
    else differences.push({ what, values });
  }
  return { equal, differences };
}

export function titleOf({ competitors, dataset }: CompareDecl): string {
  const names = [...new Set(competitors.map(({ name }) => name))];
  return `${names.join(', ')} on ${dataset ?? 'no data'}`;
}

/** Measures that some run has, in the table's order. */
export function measuresIn(table: readonly MeasureInfo[], rows: readonly RowState[]): MeasureInfo[] {
  const found = new Set(
    rows.flatMap(({ runs }) => runs.flatMap(({ outcome }) => Object.keys(outcome?.measures ?? {}))),
  );
  return table.filter(({ key }) => found.has(key));
}
