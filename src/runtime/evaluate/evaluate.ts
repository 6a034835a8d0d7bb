/** Measures an encoder: trained, beside itself untrained and beside raw input. */
import type { EvaluateDecl } from '../../compiler/declarations.js';
import { type Diagnostic, EbmcError, report } from '../../diagnostics/index.js';
import type { Span } from '../../grammar/source.js';
import type { MeasureInfo } from '../compare/comparison.js';
import type { Dataset } from '../data/index.js';
import type { HostTensor, LoadedModel } from '../model.js';
import type { Algebra } from './algebra.js';
import { measure, noLabels } from './measure.js';
import { linearKey, type MeasureSettings, measureInfos } from './measures/index.js';
import { plainAlgebra } from './plain-algebra.js';
import { labelStages, stageAccuracies, type TrainedStages } from './stages.js';
import { type Labels, prepareSubject, readLabels, type Subject, type SubjectOptions } from './subject.js';
import { stratifiedSubset } from './subsets.js';

export type RowName = 'trained' | 'untrained' | 'raw input';

export interface EvaluateOptions {
  readonly model: LoadedModel;
  readonly dataset: Dataset;
  readonly settings: Pick<EvaluateDecl, 'neighbours' | 'labels' | 'measures'>;
  /** Data sets that the encoder is probed on as well, each with labels. */
  readonly transfers?: readonly Dataset[];
  /** How to train the trained encoder on labels, for fine-tuning. */
  readonly fineTuned?: Subject['fineTuned'];
  /** Of what was trained in stages: their data sets, and the states at the end of each that is finished. */
  readonly stages?: { readonly data: readonly Dataset[]; readonly ends: TrainedStages['ends'] } | undefined;
  readonly pairModel?: SubjectOptions['pairModel'];
  /** The trained states, from a checkpoint. */
  readonly states: Readonly<Record<string, HostTensor>>;
  /** The run's seed: gives the untrained encoder and the subsets of labels. */
  readonly seed: number;
  readonly rows?: readonly RowName[];
  /** Products on a backend are faster than the plain ones used by default. */
  readonly algebra?: Algebra;
  readonly onProgress?: (message: string) => void;
  readonly warn: (diagnostic: Diagnostic) => void;
}

export interface LinearResult {
  /** Share of the labels. */
  readonly labels: number;
  readonly examples: number;
  readonly accuracy: number;
}

export interface EvaluationRow {
  readonly name: RowName;
  readonly dimensions: number;
  /** Measure's key → value. */
  readonly measures: Readonly<Record<string, number>>;
  /** Measure's key → why it could not be taken. */
  readonly missing: Readonly<Record<string, string>>;
  /** The linear probe's accuracies with the labels that it had. */
  readonly linear: readonly LinearResult[];
  // The same under the names that they had before other measures came.
  readonly knn: number | undefined;
  readonly rankme: number | undefined;
  readonly spread: number | undefined;
  readonly uniformity: number | undefined;
  readonly alignment: number | undefined;
}

export interface EvaluationResult {
  readonly dataset: string;
  readonly neighbours: number;
  readonly trainExamples: number;
  readonly testExamples: number;
  readonly measures: readonly MeasureInfo[];
  readonly rows: readonly EvaluationRow[];
}

/** `span`: of what asks for measures. */
export function requireTestSplit({ name, splits }: Dataset, span?: Span): void {
  if (splits.includes('test')) return;
  const slots = { dataset: name, split: 'test', known: splits };
  throw new EbmcError([report('EBM4014', slots, span ? { span } : {})]);
}

/** Leaves the model with the trained states. */
export async function evaluate(options: EvaluateOptions): Promise<EvaluationResult> {
  const { model, dataset, states, seed, rows = ['trained', 'untrained', 'raw input'], onProgress, warn } = options;
  requireTestSplit(dataset);
  const labels = await checkedLabels(options);
  const transfers = await labelledTransfers(options);
  const trainedStages = await labelledStages(options);
  const settings: MeasureSettings = {
    ...options.settings,
    transfers: transfers.map(({ dataset: { name } }) => name),
    stages: trainedStages?.data.map((stage) => stage.dataset.name),
  };
  const infos = measureInfos(settings);
  const results: EvaluationRow[] = [];
  const { algebra = plainAlgebra } = options;
  const stages =
    trainedStages &&
    (async () => {
      try {
        return await stageAccuracies(model, trainedStages, seed, algebra);
      } finally {
        await model.write(states);
      }
    });
  for (const name of rows) {
    const raw = name === 'raw input';
    if (!raw) await model.init(seed);
    if (name === 'trained') await model.write(states);
    const own = name === 'trained' ? { fineTuned: options.fineTuned, stages } : {};
    const { pairModel } = options;
    const shared = { name, model, raw, dataset, labels, seed, algebra, transfers, pairModel, ...own, onProgress };
    const { scores, ...found } = await measure(await prepareSubject(shared), settings, onProgress);
    reportMissing(name, infos, found.missing, labels !== undefined, warn);
    const { knn, rankme, spread, uniformity, alignment } = found.measures;
    const linear = linearResults(found.measures, options, labels);
    results.push({ name, ...found, linear, knn, rankme, spread, uniformity, alignment });
  }
  if (rows.includes('untrained')) await model.write(states);
  return {
    dataset: dataset.name,
    neighbours: settings.neighbours,
    trainExamples: dataset.size('train'),
    testExamples: dataset.size('test'),
    measures: infos,
    rows: results,
  };
}

async function checkedLabels({ dataset, settings, warn }: EvaluateOptions): Promise<Labels | undefined> {
  const labels = await readLabels(dataset);
  if (!labels) {
    warn(report('EBM5014', { dataset: dataset.name }));
    return undefined;
  }
  const present = new Set(labels.train).size;
  for (const share of settings.measures.includes('linear') ? settings.labels : []) {
    if (share * labels.train.length >= present) continue;
    warn(report('EBM5015', { dataset: dataset.name, labels: share, classes: present, examples: present }));
  }
  return labels;
}

/** Undefined where forgetting is not asked for either. */
async function labelledStages({ stages, settings }: EvaluateOptions): Promise<TrainedStages | undefined> {
  if (!stages || !settings.measures.includes('forgetting')) return undefined;
  return labelStages(stages.data, stages.ends);
}

async function labelledTransfers({ transfers = [], warn }: EvaluateOptions) {
  const found: { dataset: Dataset; labels: Labels }[] = [];
  for (const dataset of transfers) {
    const labels = await readLabels(dataset);
    if (labels) found.push({ dataset, labels });
    else warn(report('EBM5014', { dataset: dataset.name }));
  }
  return found;
}

/** Of the encoders: raw inputs have neither views nor energies, and that there are no labels is said once. */
function reportMissing(
  row: RowName,
  infos: readonly MeasureInfo[],
  missing: Readonly<Record<string, string>>,
  labelled: boolean,
  warn: (diagnostic: Diagnostic) => void,
): void {
  if (row !== 'trained') return;
  const byReason = new Map<string, string[]>();
  for (const { key, label } of infos) {
    const reason = missing[key];
    if (reason === undefined || (!labelled && reason === noLabels)) continue;
    // That MAE has no two views is shown by a dash.
    if (key === 'alignment' && reason.startsWith('there are no two views')) continue;
    byReason.set(reason, [...(byReason.get(reason) ?? []), label]);
  }
  for (const [reason, labels] of byReason) warn(report('EBM5033', { row, measures: labels, reason }));
}

function linearResults(
  measures: Readonly<Record<string, number>>,
  { settings, seed }: EvaluateOptions,
  labels: Labels | undefined,
): LinearResult[] {
  return settings.labels.flatMap((share) => {
    const accuracy = measures[linearKey(share)];
    if (accuracy === undefined || !labels) return [];
    return [{ labels: share, examples: stratifiedSubset(labels.train, share, seed).length, accuracy }];
  });
}
