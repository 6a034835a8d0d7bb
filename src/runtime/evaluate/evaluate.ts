/** Measures an encoder: trained, beside itself untrained and beside raw pixels. */
import type { EvaluateDecl } from '../../compiler/declarations.js';
import { type Diagnostic, EbmcError, report } from '../../diagnostics/index.js';
import type { Dataset, SplitName } from '../data/index.js';
import type { HostTensor, LoadedModel } from '../model.js';
import type { Algebra } from './algebra.js';
import { alignment } from './alignment.js';
import { features, viewFeatures } from './features.js';
import { knnAccuracy } from './knn.js';
import { linearProbe } from './linear-probe.js';
import { asMatrix, type Matrix } from './matrix.js';
import { plainAlgebra } from './plain-algebra.js';
import { rankme } from './rankme.js';
import { spread } from './spread.js';
import { uniformity } from './uniformity.js';

export type RowName = 'trained' | 'untrained' | 'raw pixels';

export interface EvaluateOptions {
  readonly model: LoadedModel;
  readonly dataset: Dataset;
  readonly settings: Pick<EvaluateDecl, 'neighbours' | 'labels'>;
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
  /** Absent where the data set has no labels. */
  readonly knn: number | undefined;
  readonly linear: readonly LinearResult[];
  readonly rankme: number;
  readonly spread: number;
  readonly uniformity: number;
  readonly alignment: number | undefined;
}

export interface EvaluationResult {
  readonly dataset: string;
  readonly neighbours: number;
  readonly trainExamples: number;
  readonly testExamples: number;
  readonly rows: readonly EvaluationRow[];
}

/** Leaves the model with the trained states. */
export async function evaluate(options: EvaluateOptions): Promise<EvaluationResult> {
  const { model, dataset, settings, states, seed, rows = ['trained', 'untrained', 'raw pixels'] } = options;
  if (!dataset.splits.includes('test')) {
    const slots = { dataset: dataset.name, split: 'test', known: dataset.splits };
    throw new EbmcError([report('EBM4014', slots)]);
  }
  const labels = await readLabels(options);
  const results: EvaluationRow[] = [];
  for (const name of rows) {
    const split = (which: SplitName): Promise<Matrix> => {
      options.onProgress?.(`${name}: features of ${which}`);
      return name === 'raw pixels' ? rawInputs(model, dataset, which) : features(model, dataset, which);
    };
    if (name !== 'raw pixels') await model.init(seed);
    if (name === 'trained') await model.write(states);
    const views = name === 'raw pixels' ? undefined : await viewFeatures(model, dataset, 'test');
    results.push(await measureRow(name, await split('train'), await split('test'), labels, views, options));
  }
  if (rows.includes('untrained')) await model.write(states);
  return {
    dataset: dataset.name,
    neighbours: settings.neighbours,
    trainExamples: dataset.size('train'),
    testExamples: dataset.size('test'),
    rows: results,
  };
}

interface Labels {
  readonly classes: number;
  readonly train: Int32Array;
  readonly test: Int32Array;
}

async function readLabels({ dataset, settings, warn }: EvaluateOptions): Promise<Labels | undefined> {
  const field = dataset.fields.find(({ type }) => type === 'Class');
  if (!field) {
    warn(report('EBM5014', { dataset: dataset.name }));
    return undefined;
  }
  const read = async (split: SplitName): Promise<Int32Array> => {
    const indices = Array.from({ length: dataset.size(split) }, (_, i) => i);
    const batch = await dataset.read(split, indices, [field.name]);
    return Int32Array.from(batch[field.name]!.data);
  };
  const labels = { classes: field.shape[0] ?? 0, train: await read('train'), test: await read('test') };
  const present = new Set(labels.train).size;
  for (const share of settings.labels) {
    if (share * labels.train.length >= present) continue;
    warn(report('EBM5015', { dataset: dataset.name, labels: share, classes: present, examples: present }));
  }
  return labels;
}

async function measureRow(
  name: RowName,
  train: Matrix,
  test: Matrix,
  labels: Labels | undefined,
  views: readonly [Matrix, Matrix] | undefined,
  { settings, seed, onProgress = () => {}, algebra = plainAlgebra }: EvaluateOptions,
): Promise<EvaluationRow> {
  const linear: LinearResult[] = [];
  let knn: number | undefined;
  if (labels) {
    const { classes } = labels;
    onProgress(`${name}: k-NN`);
    const nearest = { neighbours: settings.neighbours, classes };
    knn = await knnAccuracy(train, labels.train, test, labels.test, nearest, algebra);
    for (const share of settings.labels) {
      onProgress(`${name}: linear probe, ${Math.round(share * 1000) / 10} % of the labels`);
      const probe = { classes, labels: share, seed };
      const { accuracy, examples } = await linearProbe(train, labels.train, test, labels.test, probe, algebra);
      linear.push({ labels: share, examples, accuracy });
    }
  }
  onProgress(`${name}: rank and uniformity`);
  return {
    name,
    dimensions: train.columns,
    knn,
    linear,
    rankme: rankme(test),
    spread: spread(test).mean,
    uniformity: uniformity(test),
    alignment: views && alignment(views[0], views[1]),
  };
}

/** The model's inputs themselves, laid out side by side. */
async function rawInputs(model: LoadedModel, dataset: Dataset, split: SplitName): Promise<Matrix> {
  const names = model.inputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
  const rows = dataset.size(split);
  const indices = Array.from({ length: rows }, (_, i) => i);
  const batch = await dataset.read(split, indices, names);
  const parts = names.map((name) => asMatrix(batch[name]!));
  if (parts.length === 1) return parts[0]!;
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const data = new Float32Array(rows * columns);
  let offset = 0;
  for (const part of parts) {
    for (let row = 0; row < rows; row++) {
      data.set(part.data.subarray(row * part.columns, (row + 1) * part.columns), row * columns + offset);
    }
    offset += part.columns;
  }
  return { rows, columns, data };
}
