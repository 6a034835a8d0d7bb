/** Does one job of a comparison: trains, measures, draws, and leaves the outcome in the job's folder. */
import { join } from 'node:path';
import type { CompareDecl, TrainDecl } from '../../compiler/declarations.js';
import {
  analyseCollapse,
  collapseCodeOf,
  plateaus,
  type StepSettings,
  type SupervisedLabel,
  superviseModel,
  type TypedModel,
  termsApart,
} from '../../compiler/index.js';
import type { MeasureName } from '../../compiler/measure-names.js';
import { type Diagnostic, EbmcError, report } from '../../diagnostics/index.js';
import { loadStageEnds, readManifest } from '../../runtime/checkpoint/index.js';
import type { RunCost } from '../../runtime/compare/comparison.js';
import { readLog } from '../../runtime/compare/curve.js';
import { gradientError } from '../../runtime/compare/gradient-error.js';
import { type Outcome, packScores, readOutcome, unpackScores, writeOutcome } from '../../runtime/compare/outcome.js';
import { plannedEpochs, stepsOfEpoch } from '../../runtime/compare/planned-epochs.js';
import { trialSettings } from '../../runtime/compare/trial.js';
import { verdict } from '../../runtime/compare/verdict.js';
import type { Dataset } from '../../runtime/data/index.js';
import {
  fineTuneKey,
  headAccuracy,
  type Labels,
  labelStages,
  type MeasureSettings,
  measure,
  prepareSubject,
  type Subject,
  stageAccuracies,
  tfjsAlgebra,
  undrawnKeys,
} from '../../runtime/evaluate/index.js';
import { writeWhole } from '../../runtime/files/index.js';
import type { HostTensor } from '../../runtime/model.js';
import { type RunRecord, recordName, relativeToRun } from '../../runtime/run-record.js';
import { train } from '../../runtime/train/index.js';
import { FineTuner, type FineTuning } from '../fine-tune.js';
import type { RunningProgram } from '../load-program.js';
import { pairModelOf } from '../pair-model.js';
import { packageVersion } from '../version.js';
import { landscapeOf, type TrainedModel, termCosinesOf } from './derived.js';
import { drawRun } from './draw-run.js';
import type { Message, WorkOrder } from './work-order.js';
import type { JobData, JobSubject, LabelledData, Workshop } from './workshop.js';

export interface Conditions {
  readonly signal: AbortSignal;
  tell(message: Message): void;
  /** While it trains, a stop saves first. */
  training(isTraining: boolean): void;
}

/** Knows everything that a job needs, before anything is computed. */
interface Task extends Conditions {
  readonly order: WorkOrder;
  readonly typed: TypedModel;
  readonly settings: TrainDecl;
  /** What it trains on, stage by stage. */
  readonly stages: JobData['stages'];
  /** What is measured. */
  readonly dataset: Dataset;
  readonly labels: Labels | undefined;
  readonly analysis: JobSubject['analysis'];
  /** The code that says that its objective may collapse. */
  readonly reported: string | undefined;
  readonly load: (part: string, typed: TypedModel, settings: StepSettings) => Promise<RunningProgram>;
  warn(diagnostic: Diagnostic): void;
}

export async function perform(
  order: WorkOrder,
  workshop: Workshop,
  conditions: Conditions,
): Promise<'done' | 'stopped'> {
  const { job, folder } = order;
  const { source, file, modules, options } = workshop.setting;
  const subject = await workshop.begin(job);
  const { compare, competitor, variant, typed, analysis } = subject;
  const { stages, dataset, labels } = await workshop.dataFor(subject, job.validation);
  const record: RunRecord = {
    format: 1,
    file: relativeToRun(folder, file),
    source,
    modules,
    model: competitor.model,
    overrides: options,
    competitor: { name: competitor.name, variant: job.variant },
  };
  writeWhole(join(folder, recordName), `${JSON.stringify(record, null, 2)}\n`);

  const later = variant.train.later.map((stage) => ({ ...stage, split: 'train' }));
  const settings = { ...variant.train, later, split: 'train', seed: job.seed };
  const load: Task['load'] = (...about) => workshop.load(subject, ...about);
  // The analysis takes its time: where nothing is allowed, it has reported no error.
  const reported = (options.allow ?? []).length > 0 ? collapseCodeOf(analysis()) : undefined;
  const { warn } = workshop;
  const about = { typed, analysis, reported, settings, stages, dataset, labels };
  const task: Task = { ...conditions, order, ...about, load, warn };
  const program = await load('whole', typed, { ...settings, watchesOutputs: reported !== undefined });
  // An earlier job's training may have left another plan.
  program.model.plannedSteps = 1;
  return carryOut(task, program, compare, () => workshop.transfersFor(subject, job.validation));
}

async function carryOut(
  task: Task,
  program: RunningProgram,
  compare: CompareDecl,
  openTransfers: () => Promise<readonly LabelledData[]>,
): Promise<'done' | 'stopped'> {
  const { order, labels, signal } = task;
  const { job, folder } = order;
  const base = { format: 1, training: order.training, evaluation: order.evaluation } as const;
  const trained = await trainTask(task, program);
  if (signal.aborted) return 'stopped';
  if (trained && 'code' in trained) {
    const { code, reason, curve } = trained;
    const empty = { cost: undefined, measures: {}, missing: {}, scores: {} };
    writeOutcome(folder, { ...base, ...empty, status: 'failed', code, reason, curve });
    return 'done';
  }
  // A trial is only compared with others of its own competitor.
  const isTrial = job.validation !== undefined;
  const settings = isTrial
    ? trialSettings(compare, job.kind, labels !== undefined)
    : { ...compare.evaluate, stages: compare.stages };
  const transfers = await openTransfers();
  const { seconds, ...found } = await measureTask(task, program, settings, transfers, trained, isTrial);
  writeOutcome(folder, {
    ...base,
    status: 'finished',
    cost: trained && { ...trained.cost, ...seconds },
    curve: trained?.curve ?? [],
    ...found,
  });
  return 'done';
}

interface Trained {
  readonly curve: Outcome['curve'];
  readonly cost: RunCost;
  /** Of the competitor's own model, as far as the training has them. */
  readonly states: Readonly<Record<string, HostTensor>>;
  /** The same at the end of each stage; none where there is one. */
  readonly ends: readonly Readonly<Record<string, HostTensor>>[];
  /** Steps of the last stage. */
  readonly lastStage: number;
  /** Of a supervised encoder: which test examples it classifies rightly. */
  readonly right: Uint8Array | undefined;
}

type Failed = Pick<Outcome, 'curve'> & { readonly code: string; readonly reason: string };

/** Undefined where there is nothing to train. */
async function trainTask(task: Task, own: RunningProgram): Promise<Trained | Failed | undefined> {
  const { order, typed, stages, labels } = task;
  if (order.job.kind === 'objective') return trainModel(task, typed, own, task.analysis);
  const field = stages[0].fields.find(({ type }) => type === 'Class');
  if (order.job.kind !== 'supervised' || !labels || !field) return undefined;
  const label: SupervisedLabel = { name: field.name, classes: field.shape[0]! };
  const supervised = superviseModel(typed, label);
  if (!supervised) return undefined;
  // Other data may call other things by the same numbers.
  const asked = stages.includes(task.dataset) ? labels : undefined;
  const program = await task.load('supervised', supervised, task.settings);
  return trainModel(task, supervised, program, () => analyseCollapse(supervised), asked);
}

/** Trains, or goes on with what an earlier attempt has left; a run that goes wrong by itself is a result. */
async function trainModel(
  task: Task,
  typed: TypedModel,
  program: RunningProgram,
  analysis: JobSubject['analysis'],
  labels?: Labels,
): Promise<Trained | Failed> {
  const { order, settings, stages, dataset, signal, tell, warn } = task;
  const { folder, job } = order;
  const { model } = program;
  const [first, ...later] = stages;
  try {
    const epochs = await plannedEpochs(folder, job.budget, {
      ...{ model, stages, seed: job.seed },
      rate: settings.optimizer.settings['rate'] ?? 0,
      stepFlops: program.stepFlops,
    });
    task.training(true);
    const { step: steps } = await train({
      model,
      settings: { ...settings, model: typed.name, epochs },
      dataset: first,
      later,
      runFolder: folder,
      programHash: program.hash,
      stepBytes: program.stepBytes,
      plateaus: () => plateaus(typed),
      apart: () => termsApart(typed),
      reason: () => analysis().reason,
      reported: () => (job.kind === 'objective' ? task.reported : undefined),
      resume: (await readManifest(folder)) !== undefined,
      signal,
      onProgress: ({ step, steps: all, loss, secondsLeft, gauges }) =>
        tell({ kind: 'progress', step, steps: all, loss, secondsLeft, gauges }),
      // A head that starts at zero gives every example the same logits: no collapse.
      warn: (found) => (job.kind === 'supervised' && found.code === 'EBM5012' ? undefined : warn(found)),
      versions: { ebmc: packageVersion(), backend: program.backend.name },
    });
    task.training(false);
    const { curve, seconds } = await readLog(folder, model.batch);
    const cost: RunCost = {
      ...{ seconds, evaluationSeconds: 0, steps, examples: steps * model.batch },
      ...{ flops: steps * program.stepFlops, peakBytes: program.stepBytes },
    };
    const right = labels && !signal.aborted ? (await headAccuracy(model, dataset, labels.test)).scores : undefined;
    const ends = later.length > 0 && !signal.aborted ? await loadStageEnds(folder) : [];
    const lastStage = Math.round(epochs * stepsOfEpoch(stages.slice(-1), model.batch));
    return { curve, cost, states: await model.read(), ends, lastStage, right };
  } catch (error) {
    const wrong = error instanceof EbmcError ? error.diagnostics[0] : undefined;
    if (wrong?.code !== 'EBM5001') throw error;
    return { curve: (await readLog(folder, model.batch)).curve, code: wrong.code, reason: wrong.message };
  } finally {
    task.training(false);
  }
}

interface Found extends Pick<Outcome, 'measures' | 'missing' | 'scores' | 'verdict' | 'pictures'> {
  readonly seconds: Pick<RunCost, 'evaluationSeconds' | 'drawingSeconds'>;
}

async function measureTask(
  task: Task,
  program: RunningProgram,
  settings: MeasureSettings,
  transfers: readonly LabelledData[],
  trained: Trained | undefined,
  isTrial: boolean,
): Promise<Found> {
  const { order, typed, dataset, labels, load, tell } = task;
  const { job } = order;
  const { model } = program;
  let tuner: FineTuner | undefined;
  const started = performance.now();
  await model.init(job.seed);
  const initial = await model.read();
  const states = { ...initial, ...ownStates(initial, trained?.states) };
  await model.write(states);
  const isRaw = job.kind === 'raw';
  const isAsked = (name: MeasureName): boolean => !isTrial || settings.measures.includes(name);
  // A supervised encoder has been trained on the labels already.
  if (labels && isAsked('fine_tune') && !isRaw && job.kind !== 'supervised') {
    const steps = trained?.cost.steps ?? (await stepsOf(task, program));
    const loadTuned: FineTuning['load'] = (...about) => load('fine-tuned', ...about);
    tuner = new FineTuner({ typed, dataset, labels, states, steps, seed: job.seed, load: loadTuned });
  }
  const onProgress = (what: string): void => tell({ kind: 'measuring', what });
  const about = { model, raw: isRaw, dataset, labels, seed: job.seed, algebra: tfjsAlgebra, onProgress };
  const settled = async (found: FineTuner): Promise<Subject> => {
    await model.write({ ...states, ...(await found.settle()) });
    const subject = await prepareSubject({ ...about, name: 'untrained, with batch statistics of the data' });
    await model.write(states);
    return subject;
  };
  const ends = (trained?.ends ?? []).map((end) => ({ ...initial, ...ownStates(initial, end) }));
  const passed = isAsked('forgetting') ? await labelStages(task.stages, ends) : undefined;
  const own: TrainedModel | undefined =
    trained && job.kind === 'objective' && !isTrial
      ? {
          typed,
          settings: task.settings,
          load,
          dataset: task.stages[0],
          seed: job.seed,
          steps: trained.cost.steps,
          initial,
          states,
        }
      : undefined;
  const subject = await prepareSubject({
    ...{ ...about, name: job.kind, transfers: labelled(transfers) },
    fineTuned: tuner && (job.kind === 'untrained' ? fromSettled(tuner, settled) : tuner.scores.bind(tuner)),
    termCosines: own && termCosinesOf(own),
    pairModel: isRaw
      ? undefined
      : pairModelOf(typed, task.settings, dataset, (pairs, step) => load(`pairs of ${pairs.batch}`, pairs, step)),
    stages: passed && (() => stageAccuracies(model, passed, job.seed, tfjsAlgebra).finally(() => model.write(states))),
  });
  const found = await measure(subject, settings, onProgress, knownBySibling(order, settings));
  const scores: Record<string, Uint8Array | Float32Array> = { ...found.scores };
  const measures: Record<string, number> = { ...found.measures };
  if (trained?.right) {
    const { right } = trained;
    scores[fineTuneKey(1)] = right;
    measures[fineTuneKey(1)] = right.reduce((sum, hit) => sum + hit, 0) / right.length;
  }
  const measured = performance.now();
  if (order.isShown) onProgress(`${job.kind}: pictures`);
  const pictures = order.isShown ? await drawRun(subject, dataset, job.seed, model) : undefined;
  const landscape = own && order.isShown ? await drawn(landscapeOf(own), task) : undefined;
  const judged =
    trained && job.kind === 'objective'
      ? verdict({
          // Another stage is another objective: from one to the next a loss may rise.
          curve: trained.curve.filter(({ step }) => step > trained.cost.steps - trained.lastStage),
          ...{ plateaus: plateaus(typed), measures, dimensions: found.dimensions },
          gradientError: order.isShown ? await gradientError(typed, task.stages[0], states, job.seed) : undefined,
        })
      : undefined;
  return {
    seconds: {
      evaluationSeconds: (measured - started) / 1000,
      ...(order.isShown ? { drawingSeconds: (performance.now() - measured) / 1000 } : {}),
    },
    measures,
    missing: found.missing,
    scores: Object.fromEntries(Object.entries(scores).map(([key, values]) => [key, packScores(values)])),
    ...(judged ? { verdict: judged } : {}),
    ...(pictures ? { pictures: { ...pictures, ...(landscape ? { landscape } : {}) } } : {}),
  };
}

/** What is only looked at is no reason for a run to fail. */
async function drawn<T>(picture: Promise<T>, { order, typed, warn }: Task): Promise<T | undefined> {
  try {
    return await picture;
  } catch (error) {
    // A machine without memory is no property of the model: the run is tried again.
    if (error instanceof EbmcError || error instanceof RangeError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    warn(report('EBM5034', { model: typed.name, seed: order.job.seed, reason }));
    return undefined;
  }
}

/** Fine-tunes from a head that was fitted to the encoder with settled averages. */
function fromSettled(tuner: FineTuner, settle: (tuner: FineTuner) => Promise<Subject>): Subject['fineTuned'] {
  let subject: Promise<Subject> | undefined;
  return async (share) => {
    subject ??= settle(tuner);
    return tuner.scores(share, (await (await subject).probe(share)).head);
  };
}

/** What a job with another seed and the same features has found, as far as it does not depend on the seed. */
function knownBySibling({ sibling, evaluation }: WorkOrder, settings: MeasureSettings): Parameters<typeof measure>[3] {
  const outcome = sibling === undefined ? undefined : readOutcome(sibling);
  if (outcome?.evaluation !== evaluation) return undefined;
  const keys = undrawnKeys(settings).filter((key) => outcome.measures[key] !== undefined);
  return {
    measures: Object.fromEntries(keys.map((key) => [key, outcome.measures[key]!])),
    scores: Object.fromEntries(
      keys.flatMap((key) => (outcome.scores[key] === undefined ? [] : [[key, unpackScores(outcome.scores[key])]])),
    ),
  };
}

/** Those of a training that the model has too: a supervised one lacks heads and has one of its own. */
function ownStates(
  own: Readonly<Record<string, HostTensor>>,
  trained: Readonly<Record<string, HostTensor>> = {},
): Record<string, HostTensor> {
  return Object.fromEntries(Object.entries(trained).filter(([name]) => name in own));
}

/** As many steps as a competitor's training has, for what is fine-tuned from nothing. */
async function stepsOf({ order, stages, settings }: Task, { model, stepFlops }: RunningProgram): Promise<number> {
  const run = { model, stages, seed: order.job.seed, rate: settings.optimizer.settings['rate'] ?? 0, stepFlops };
  const epochs = await plannedEpochs(order.folder, order.job.budget, run);
  return Math.round(epochs * stepsOfEpoch(stages, model.batch));
}

function labelled(data: readonly LabelledData[]) {
  return data.flatMap(({ dataset, labels }) => (labels ? [{ dataset, labels }] : []));
}
