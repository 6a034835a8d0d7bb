/**
 * Carries a comparison out: chooses settings on held-out examples, trains every competitor with every seed, measures all and the
 * baselines, and keeps the comparison up to date after each. What was computed before is not computed again.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CompareDecl, EvaluateDecl } from '../../compiler/declarations.js';
import type { RowState, RunState } from './assemble.js';
import { type Circumstances, evaluationKey, type Job, type JobKind, trainingKey } from './job.js';
import { type Outcome, readOutcome } from './outcome.js';
import { Queue } from './queue.js';
import { trialMeasures } from './trial.js';
import { tune } from './tune.js';

/** A way to train a competitor, as far as jobs depend on it. */
export interface PlannedVariant {
  readonly chosen: Readonly<Record<string, string>>;
  readonly circumstances: Circumstances;
  /** Same for variants that are the same function of an example before training, of the same states. */
  readonly encoder: string;
  readonly parameters: number;
  readonly flopsPerExample: number;
  readonly objective: string;
  /** What its raw inputs are: numbers, or tokens that are counted. */
  readonly raw: 'numbers' | 'counts';
  /** What may differ between competitors beside training settings. */
  readonly traits: Readonly<Record<string, string>>;
}

export interface PlannedCompetitor {
  readonly name: string;
  readonly model: string;
  readonly variants: readonly PlannedVariant[];
}

export type Attempt =
  | { readonly kind: 'done' | 'stopped' }
  | { readonly kind: 'failed'; readonly code: string | undefined; readonly message: string };

/** A job with where it goes and what it is called while it runs. */
export interface Assignment {
  readonly job: Job;
  readonly folder: string;
  readonly label: string;
  /** Whether it is the run of its row that a report shows in pictures. */
  readonly isShown: boolean;
  /** Where a job lies that differs in its seed alone, and has the same features. */
  readonly sibling?: string;
  readonly training: string;
  readonly evaluation: string;
}

export interface RunnerOptions {
  readonly decl: CompareDecl;
  readonly competitors: readonly PlannedCompetitor[];
  /** The comparison's folder. */
  readonly folder: string;
  readonly atOnce: number;
  /** Whether what is measured has labels. */
  readonly isLabelled: boolean;
  /** Whether what is trained on has labels too, that a supervised encoder can learn. */
  readonly isTaught: boolean;
  readonly evaluate: EvaluateDecl;
  /** Hash of what is measured, where that is not what is trained on. */
  readonly measured: string | undefined;
  /** Does a job; the result is in its folder then. */
  attempt(assignment: Assignment): Promise<Attempt>;
  /** After every job, with the rows as they are now. */
  onChange(rows: readonly RowState[]): void;
}

export class ComparisonRunner {
  private readonly queue: Queue;
  private readonly rows: RowState[] = [];
  /** Places of rows that have a run with pictures. */
  private readonly pictured = new Set<number | undefined>();
  private stopped = false;
  /** Folders of runs that were there when this began. */
  private runsBefore: readonly string[] | undefined;

  constructor(private readonly options: RunnerOptions) {
    this.queue = new Queue(options.atOnce);
  }

  /** The rows in the end; `isComplete` unless it was stopped. */
  async run(): Promise<{ readonly rows: readonly RowState[]; readonly isComplete: boolean }> {
    const { competitors } = this.options;
    const places = competitors.map((competitor) => this.add(competitor));
    await Promise.all([
      ...competitors.map((competitor, i) => this.compete(competitor, i, places[i]!)),
      ...this.baselines(),
    ]);
    return { rows: this.rows, isComplete: !this.stopped };
  }

  private add({ name, model, variants }: PlannedCompetitor): number {
    const only = variants.length === 1 ? variants[0]! : undefined;
    this.rows.push({
      name,
      kind: 'objective',
      model,
      objective: (only ?? variants[0]!).objective,
      settings: only?.chosen ?? {},
      parameters: variants[0]!.parameters,
      flopsPerExample: variants[0]!.flopsPerExample,
      tried: [],
      runs: this.waitingRuns(),
      train: (only ?? variants[0]!).circumstances.train,
      traits: this.traitsOf(variants[0]!, variants.length),
    });
    return this.rows.length - 1;
  }

  private traitsOf({ traits }: PlannedVariant, tried: number): Record<string, string> {
    const { decl } = this.options;
    const isTuned = this.options.competitors.some(({ variants }) => variants.length > 1);
    return {
      ...traits,
      ...(isTuned ? { 'settings tried': tried === 1 ? 'none' : `${tried}, by ${decl.search.name} search` } : {}),
    };
  }

  private waitingRuns(): RunState[] {
    const none = { folder: undefined, outcome: undefined, failure: undefined };
    return this.options.decl.seeds.map((seed) => ({ seed, ...none }));
  }

  private async compete(competitor: PlannedCompetitor, index: number, place: number): Promise<void> {
    const { decl } = this.options;
    const choice = await this.choose('objective', competitor.name, index, [...competitor.variants.keys()]);
    if (!choice) return;
    const variant = competitor.variants[choice.variant]!;
    this.change(place, {
      settings: variant.chosen,
      objective: variant.objective,
      ...choice.trials,
      train: variant.circumstances.train,
      traits: this.traitsOf(variant, competitor.variants.length),
    });
    await Promise.all(
      decl.seeds.map((seed, i) =>
        this.finish(place, i, competitor.name, variant, {
          ...{ kind: 'objective', competitor: index, variant: choice.variant, seed },
          ...{ budget: decl.budget, validation: undefined },
        }),
      ),
    );
  }

  /** A supervised encoder of the same budget, its settings chosen as those of the competitor are. */
  private async teach(users: readonly number[], name: string, place: number): Promise<void> {
    const { decl, competitors } = this.options;
    // With the effort of the one that was given most.
    const found = users.map((index) => ({ index, candidates: taughtAlike(competitors[index]!) }));
    const { index, candidates } = found.reduce((most, one) =>
      one.candidates.length > most.candidates.length ? one : most,
    );
    const choice = await this.choose('supervised', name, index, candidates);
    if (!choice) return;
    const variant = competitors[index]!.variants[choice.variant]!;
    if (choice.trials.tried.length > 0) this.change(place, { settings: variant.chosen, ...choice.trials });
    await Promise.all(
      decl.seeds.map((seed, i) =>
        this.finish(place, i, name, variant, {
          ...{ kind: 'supervised', competitor: index, variant: choice.variant, seed },
          ...{ budget: decl.budget, validation: undefined },
        }),
      ),
    );
  }

  /** One of the candidates, which are places of a competitor's variants; undefined: stopped before. */
  private async choose(
    kind: 'objective' | 'supervised',
    name: string,
    index: number,
    candidates: readonly number[],
  ): Promise<{ readonly variant: number; readonly trials: Pick<RowState, 'tried' | 'triedBy'> } | undefined> {
    const { decl, competitors, isLabelled } = this.options;
    const { variants } = competitors[index]!;
    const judges = trialMeasures(decl, kind, isLabelled);
    const signs = judges.map(({ better }) => (better === 'lower' ? -1 : 1));
    const tuning = await tune(candidates.length, decl.search, async (k, share) => {
      const budget = { unit: decl.budget.unit, amount: decl.budget.amount * share };
      const job: Job = {
        ...{ kind, competitor: index, variant: candidates[k]!, seed: decl.seeds[0]! },
        ...{ budget, validation: decl.validation },
      };
      const found = await this.trial(job, name, variants[candidates[k]!]!);
      return found && judges.map(({ key }, i) => (found[key] === undefined ? undefined : signs[i]! * found[key]));
    });
    if (!tuning) return undefined;
    const tried = tuning.tried.map(({ variant, score }) => ({
      settings: variants[candidates[variant]!]!.chosen,
      score: Number.isFinite(score) ? signs[tuning.by]! * score : score,
    }));
    const trials = tried.length === 0 ? { tried } : { tried, triedBy: judges[tuning.by]!.label };
    return { variant: candidates[tuning.chosen]!, trials };
  }

  /** What a trial measures: nothing where it went wrong; undefined: stopped before. */
  private async trial(
    job: Job,
    name: string,
    { circumstances, chosen }: PlannedVariant,
  ): Promise<Outcome['measures'] | undefined> {
    const settings = Object.entries(chosen).map(([name, value]) => `${name} ${value}`);
    const { outcome, failure } = await this.perform(
      job,
      circumstances,
      name,
      `trial ${settings.join(', ')}`,
      undefined,
    );
    return outcome ? outcome.measures : failure === undefined ? undefined : {};
  }

  /** Untrained and supervised encoders and raw inputs, each once a seed for all competitors that share it. */
  private baselines(): Promise<unknown>[] {
    const { decl, competitors } = this.options;
    const pending: Promise<unknown>[] = [];
    const addRow = (kind: Exclude<JobKind, 'objective'>, name: string, users: readonly number[]): void => {
      const [first] = users;
      const competitor = competitors[first!]!;
      const variant = competitor.variants[0]!;
      const isEncoder = kind !== 'raw';
      this.rows.push({
        ...{ name, kind, model: users.length === 1 ? competitor.name : undefined, objective: undefined },
        ...{ settings: {}, tried: [], train: undefined, traits: {} },
        parameters: isEncoder ? variant.parameters : undefined,
        flopsPerExample: isEncoder ? variant.flopsPerExample : undefined,
        runs: this.waitingRuns(),
      });
      const place = this.rows.length - 1;
      if (kind === 'supervised') {
        pending.push(this.teach(users, name, place));
        return;
      }
      const jobs: ((before?: RunState) => Promise<RunState>)[] = [];
      for (const [i, seed] of decl.seeds.entries()) {
        const job: Job = {
          ...{ kind, competitor: first!, variant: 0, seed },
          ...{ budget: decl.budget, validation: undefined },
        };
        jobs.push((before) => this.finish(place, i, name, variant, job, before));
      }
      // Raw inputs know no seed: what is not drawn is computed for the first alone, and the others wait for it.
      if (kind === 'raw') pending.push(inTurn(jobs));
      else pending.push(...jobs.map((start) => start()));
    };
    const groups = new Map<string, number[]>();
    for (const [i, { variants }] of competitors.entries()) {
      const { encoder } = variants[0]!;
      groups.set(encoder, [...(groups.get(encoder) ?? []), i]);
    }
    for (const kind of ['untrained', 'supervised'] as const) {
      if (
        !decl.baselines.includes(kind) ||
        (kind === 'supervised' && !(this.options.isLabelled && this.options.isTaught))
      )
        continue;
      for (const users of groups.values()) {
        const names = users.map((i) => competitors[i]!.name);
        addRow(kind, groups.size === 1 ? kind : `${kind} (${shortened(names)})`, users);
      }
    }
    if (decl.baselines.includes('raw')) addRow('raw', 'raw input', [0]);
    return pending;
  }

  private async finish(
    place: number,
    run: number,
    name: string,
    variant: PlannedVariant,
    job: Job,
    sibling?: RunState,
  ): Promise<RunState> {
    const state = await this.perform(job, circumstancesOf(variant, job.kind), name, `seed ${job.seed}`, place, sibling);
    const runs = this.rows[place]!.runs.map((before, i) => (i === run ? state : before));
    this.change(place, { runs });
    return state;
  }

  private change(place: number, change: Partial<RowState>): void {
    this.rows[place] = { ...this.rows[place]!, ...change };
    this.options.onChange(this.rows);
  }

  /** What a run is called may change with what it is compared with; that it is the same run, its hash says. */
  private runFolder(name: string, hash: string): string {
    this.runsBefore ??= namesIn(join(this.options.folder, 'runs'));
    const fresh = `${name}-${hash}`;
    return this.runsBefore.includes(fresh)
      ? fresh
      : (this.runsBefore.find((other) => other.endsWith(`-${hash}`)) ?? fresh);
  }

  private perform(
    job: Job,
    circumstances: Circumstances,
    name: string,
    part: string,
    /** Of the row whose pictures it may be. */
    place: number | undefined,
    sibling?: RunState,
  ): Promise<RunState> {
    const training = trainingKey(job, circumstances);
    const { evaluate, measured, decl } = this.options;
    const evaluation = evaluationKey(evaluate, measured, job.validation === undefined ? undefined : decl.tunedBy);
    const inside = join('runs', this.runFolder(`${slug(name)}-${slug(part)}`, training.slice(0, 8)));
    const folder = join(this.options.folder, inside);
    const { seed } = job;
    const known = (mustShow: boolean): Outcome | undefined => {
      const outcome = readOutcome(folder);
      const lacks = mustShow && outcome?.status === 'finished' && !outcome.pictures;
      return outcome?.training === training && outcome.evaluation === evaluation && !lacks ? outcome : undefined;
    };
    return this.queue.run(async () => {
      // The first that comes out: a run that fails has nothing to show.
      const isShown = place !== undefined && !this.pictured.has(place);
      const before = known(isShown);
      if (before?.pictures) this.pictured.add(place);
      if (before) return { seed, folder: inside, outcome: before, failure: undefined };
      const none = { seed, folder: inside, outcome: undefined };
      if (this.stopped) return { ...none, failure: undefined };
      const attempt = await this.options.attempt({
        ...{ job, folder, label: `${name}, ${part}`, isShown, training, evaluation },
        ...(sibling?.folder === undefined ? {} : { sibling: join(this.options.folder, sibling.folder) }),
      });
      if (attempt.kind === 'stopped') this.stopped = true;
      if (attempt.kind === 'failed') {
        const code = attempt.code === undefined ? '' : `${attempt.code}: `;
        return { ...none, failure: code + attempt.message };
      }
      const outcome = known(isShown);
      if (outcome?.pictures) this.pictured.add(place);
      return { ...none, outcome, failure: undefined };
    });
  }
}

/** Before training, a model's objective and optimizer mean nothing; to its inputs nor does the model. */
function circumstancesOf({ circumstances, encoder, raw }: PlannedVariant, kind: JobKind): Circumstances {
  if (kind === 'untrained') return { ...circumstances, program: encoder };
  return kind === 'raw' && raw === 'counts'
    ? { ...circumstances, data: `${circumstances.data}, ${raw}` }
    : circumstances;
}

/** Places of the variants that are different ways to train its encoder on labels: an objective's own parameters do not matter there. */
function taughtAlike({ variants }: PlannedCompetitor): number[] {
  const ways = variants.map(({ encoder, circumstances: { train } }) => {
    const { span: _, model: _model, ...settings } = train;
    return JSON.stringify([encoder, settings]);
  });
  return [...variants.keys()].filter((k) => ways.indexOf(ways[k]!) === k);
}

/** One after another, each with the result of the first. */
async function inTurn(jobs: readonly ((first?: RunState) => Promise<RunState>)[]): Promise<void> {
  let first: RunState | undefined;
  for (const start of jobs) {
    const state = await start(first);
    first ??= state;
  }
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
}

/** All of few names, else the first ones: enough to tell a group from others. */
function shortened(names: readonly string[]): string {
  const shown = 3;
  const rest = names.length - shown;
  return rest < 2 ? names.join(', ') : `${names.slice(0, shown).join(', ')} and ${rest} others`;
}
