/** From what the jobs found to the comparison: pure, done again whenever a job ends. */
import type { CompareDecl, TrainDecl } from '../../compiler/declarations.js';
import { type MeasureSettings, measureInfos } from '../evaluate/index.js';
import type { ComparedRun, Comparison, Competitor, Difference, MeasureInfo, Summary, Verdict } from './comparison.js';
import { type Outcome, unpackScores } from './outcome.js';
import { staleFigures } from './stale.js';
import { Bootstrap, resamplesFor, type Sample } from './statistics.js';

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

/** What a comparison is, before anything of it has run. */
export type Header = Pick<Comparison, 'file' | 'source' | 'modules' | 'versions' | 'created' | 'command' | 'dataset'>;

/** Assembles again and again as jobs end; what was resampled before is not resampled again. */
export class Assembly {
  private bootstrap = new Bootstrap();
  private readonly unpacked = new WeakMap<Outcome, Map<string, Uint8Array | Float32Array>>();
  private readonly sampled = new WeakMap<readonly RunState[], Map<string, readonly Sample[]>>();

  constructor(
    private readonly decl: CompareDecl,
    private readonly header: Header,
    /** The folder's last comparison. */
    private readonly before?: Comparison,
  ) {}

  comparison(rows: readonly RowState[]): Comparison {
    const { decl, header } = this;
    const { equal, differences } = splitTraits(rows);
    const { unit, amount } = decl.budget;
    const resamples = resamplesFor((rows.length * (rows.length - 1)) / 2);
    if (resamples !== this.bootstrap.resamples) this.bootstrap = new Bootstrap(0, resamples);
    const measures = measuresIn({ ...decl.evaluate, stages: decl.stages, rankedBy: decl.rankedBy }, rows);
    const competitors = rows.map((row) => this.competitor(row, measures));
    const stale = staleFigures(this.before, { dataset: header.dataset, competitors });
    return {
      format: 1,
      title: titleOf(decl),
      ...header,
      budget: { ...trainedOn(decl), [unit]: String(amount), seeds: decl.seeds.join(', '), ...equal },
      differences,
      measures,
      competitors,
      ...(stale.length > 0 ? { stale } : {}),
      contrasts: measures.filter(({ better }) => better !== 'neither').flatMap(({ key }) => this.contrasts(rows, key)),
    };
  }

  private competitor({ train: _, traits: _traits, ...row }: RowState, measures: readonly MeasureInfo[]): Competitor {
    const summaries = measures.flatMap(({ key, unit, isSigned }): [string, Summary][] => {
      const samples = this.samples(row.runs, key);
      if (samples.length === 0) return [];
      const summary = this.bootstrap.summarize(samples);
      return [[key, unit === 'share' && !isSigned ? withinShares(summary) : summary]];
    });
    return { ...row, runs: row.runs.map(toRun), summary: Object.fromEntries(summaries), verdict: verdictOf(row) };
  }

  private contrasts(rows: readonly RowState[], key: string): Comparison['contrasts'] {
    const measured = rows.map(({ name, runs }) => ({ name, samples: this.samples(runs, key) }));
    const found = this.bootstrap.contrasts(
      key,
      measured.filter(({ samples }) => samples.length > 0),
    );
    return found.map(({ p: _, ...contrast }) => contrast);
  }

  /** The same array as long as the runs are the same. */
  private samples(runs: readonly RunState[], key: string): readonly Sample[] {
    const ofRuns = this.sampled.get(runs) ?? new Map<string, readonly Sample[]>();
    this.sampled.set(runs, ofRuns);
    const known = ofRuns.get(key);
    if (known) return known;
    const found = runs.flatMap(({ seed, outcome }): Sample[] => {
      const value = outcome?.measures[key];
      return outcome && value !== undefined ? [{ seed, value, scores: this.scores(outcome, key) }] : [];
    });
    ofRuns.set(key, found);
    return found;
  }

  private scores(outcome: Outcome, key: string): Uint8Array | Float32Array | undefined {
    const packed = outcome.scores[key];
    if (packed === undefined) return undefined;
    const known = this.unpacked.get(outcome) ?? new Map<string, Uint8Array | Float32Array>();
    this.unpacked.set(outcome, known);
    const scores = known.get(key) ?? unpackScores(packed);
    known.set(key, scores);
    return scores;
  }
}

/** Where few seeds vary, an interval may reach beyond what a share can be. */
function withinShares({ low, high, ...summary }: Summary): Summary {
  return { ...summary, low: Math.max(0, low), high: Math.min(1, high) };
}

/** Of all runs of a competitor: the gravest is what it is worth. */
function verdictOf({ kind, runs }: Pick<RowState, 'kind' | 'runs'>): Verdict {
  const failed = runs.flatMap(({ seed, outcome, failure }) => {
    const reason = outcome?.status === 'failed' ? `${outcome.code}: ${outcome.reason}` : failure;
    return reason === undefined ? [] : [{ kind: 'failed' as const, reason: `seed ${seed}: ${reason}` }];
  });
  if (failed[0]) return failed[0];
  const missing = runs.filter(({ outcome }) => !outcome).length;
  if (missing > 0) return { kind: 'waiting', reason: `${missing} of ${runs.length} runs are not there yet` };
  if (kind !== 'objective') return { kind: 'baseline', reason: 'shown for comparison' };
  const judged = runs.flatMap(({ seed, outcome }) => (outcome?.verdict ? [{ seed, ...outcome.verdict }] : []));
  const worst = gravest.flatMap((grave) => judged.filter((verdict) => verdict.kind === grave))[0] ?? judged[0];
  if (!worst) return { kind: 'no fault found', reason: 'there are too few figures to judge by' };
  const among = runs.length === 1 ? '' : `seed ${worst.seed}: `;
  return { kind: worst.kind, reason: `${among}${worst.reason}` };
}

const gravest: readonly Verdict['kind'][] = ['gradient wrong', 'collapsed', 'on its plateau', 'under-trained'];

function toRun({ seed, folder, outcome, failure }: RunState): ComparedRun {
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
function describeTraining(train: TrainDecl): Record<string, string> {
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
function splitTraits(rows: readonly RowState[]): {
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

function titleOf({ competitors, stages }: CompareDecl): string {
  const names = [...new Set(competitors.map(({ name }) => name))];
  return `${names.join(', ')} on ${stages.length === 0 ? 'no data' : stages.join(' then ')}`;
}

/** Said where it is not what is measured. */
function trainedOn({ stages, dataset }: CompareDecl): Readonly<Record<string, string>> {
  return stages.length === 1 && stages[0] === dataset ? {} : { 'trained on': stages.join(', then ') };
}

/** Measures that some run has, in the table's order. */
function measuresIn(
  settings: MeasureSettings & { readonly transfers: readonly string[] },
  rows: readonly RowState[],
): MeasureInfo[] {
  const outcomes = rows.flatMap(({ runs }) => runs.flatMap(({ outcome }) => outcome ?? []));
  const found = new Set(outcomes.flatMap(({ measures }) => Object.keys(measures)));
  return measureInfos(settings).filter(({ key }) => found.has(key));
}
