import type { Algebra } from './algebra.js';
import { hits, mean } from './hits.js';
import {
  type LogisticModel,
  type LogisticPath,
  logisticPath,
  predictLogistic,
  type Score,
  scoreLogistic,
} from './logistic.js';
import { type Matrix, pickRows } from './matrix.js';
import { type Preconditioner, preconditioners } from './preconditioner.js';
import { measureStandardization, type Standardization, standardize, standardizeInPlace } from './standardize.js';
import { stratifiedFolds, stratifiedSubset } from './subsets.js';

export interface ProbeOptions {
  readonly classes: number;
  /** Share of the training labels that may be used. */
  readonly labels: number;
  readonly seed: number;
}

export interface Probe {
  /** Labelled examples used. */
  readonly examples: number;
  readonly l2: number;
  readonly converged: boolean;
  /** The classes it gives to rows of features. */
  predict(rows: Matrix): Promise<Int32Array>;
  /** The same as one layer on features as they are. */
  readonly head: LinearHead;
}

export interface LinearHead {
  /** [columns, classes] */
  readonly weight: Float32Array;
  /** [classes] */
  readonly bias: Float32Array;
}

export interface ProbeResult extends Omit<Probe, 'predict' | 'head'> {
  readonly accuracy: number;
}

/** Strong first: in the search each fit starts from the one before, and those after the best are never reached. */
const strengths = [1, 0.1, 0.01, 0.001, 0.0001] as const;

/** With fewer labels than this, a tenth of them would be too few to choose by: fifths take their turn, all of them. */
const fewLabels = 1000;

/**
 * A linear classifier on frozen features: multinomial logistic regression on standardised features, with the L2
 * strength that classifies held-out labels best: a tenth of the given ones, or, of fewer than 1,000, each fifth in turn. The protocol of Chen, Kornblith, Norouzi, Hinton
 * 2020, "A Simple Framework for Contrastive Learning of Visual Representations", appendix B.8.1 (after Kornblith et al. 2019).
 */
export async function fitProbe(
  train: Matrix,
  trainLabels: ArrayLike<number>,
  { classes, labels, seed }: ProbeOptions,
  algebra: Algebra,
): Promise<Probe> {
  const chosen = stratifiedSubset(trainLabels, labels, seed);
  const given = Int32Array.from(chosen, (index) => trainLabels[index]!);
  const x = pickRows(train, chosen);
  const scaling = measureStandardization(x);
  standardizeInPlace(x, scaling);
  const precondition = preconditioners(x, classes);
  const { l2, start } = await chooseStrength(x, given, { classes, seed, precondition }, algebra);
  const path = logisticPath(x, given, { classes, tolerance: 1e-4, start, precondition }, algebra);
  const model = await path.fit(l2).finally(path.dispose);
  return {
    examples: chosen.length,
    l2,
    converged: model.converged,
    predict: (rows) => predictLogistic(model, standardize(rows, scaling), algebra),
    head: unscaled(model, scaling),
  };
}

/** (x − mean) · scale · w + b as x · weight + bias. */
function unscaled({ weights, classes }: LogisticModel, { mean: means, scale }: Standardization): LinearHead {
  const inner = means.length * classes;
  const bias = Float64Array.from(weights.subarray(inner));
  const weight = new Float32Array(inner);
  for (let j = 0; j < means.length; j++) {
    for (let c = 0; c < classes; c++) {
      const w = weights[j * classes + c]! * scale[j]!;
      weight[j * classes + c] = w;
      bias[c]! -= w * means[j]!;
    }
  }
  return { weight, bias: Float32Array.from(bias) };
}

/** `fitProbe` and its accuracy on test examples. */
export async function linearProbe(
  train: Matrix,
  trainLabels: ArrayLike<number>,
  test: Matrix,
  testLabels: ArrayLike<number>,
  options: ProbeOptions,
  algebra: Algebra,
): Promise<ProbeResult> {
  const { predict, head: _, ...probe } = await fitProbe(train, trainLabels, options, algebra);
  return { accuracy: mean(hits(await predict(test), testLabels)), ...probe };
}

interface SearchOptions {
  readonly classes: number;
  readonly seed: number;
  readonly precondition: (l2: number) => Preconditioner;
}

interface Choice extends Score {
  readonly l2: number;
  readonly start: Float64Array;
}

/**
 * The strength with the best accuracy on held-out labels, of equal ones that with the lowest cross-entropy; with the weights
 * found for it, which lie close to those for all labels. The search ends at a strength that is worse by both.
 */
async function chooseStrength(
  x: Matrix,
  labels: Int32Array,
  options: SearchOptions,
  algebra: Algebra,
): Promise<Pick<Choice, 'l2' | 'start'>> {
  const turns = prepareTurns(x, labels, options, algebra);
  const zero: Float64Array = new Float64Array((x.columns + 1) * options.classes);
  let best: Choice | undefined;
  let last: Choice | undefined;
  try {
    for (const l2 of turns.length === 0 ? [] : strengths) {
      const now: Choice = { l2, ...(await scoreTurns(turns, l2, algebra)) };
      if (!best || isBetter(now, best)) best = now;
      if (last && now.accuracy < last.accuracy && now.crossEntropy > last.crossEntropy) break;
      last = now;
    }
  } finally {
    for (const { path } of turns) path.dispose();
  }
  return best ?? { l2: strengths[0], start: zero };
}

function isBetter(a: Score, b: Score): boolean {
  return a.accuracy > b.accuracy || (a.accuracy === b.accuracy && a.crossEntropy < b.crossEntropy);
}

/** One split of the labels into those to learn from and those held out. */
interface Turn {
  readonly path: LogisticPath;
  readonly heldOut: Matrix;
  readonly asked: readonly number[];
}

function prepareTurns(x: Matrix, labels: Int32Array, { classes, seed, precondition }: SearchOptions, algebra: Algebra) {
  const isFew = labels.length < fewLabels;
  const folds = isFew ? 5 : 10;
  const fold = stratifiedFolds(labels, folds, seed);
  const indices = Array.from(labels, (_, i) => i);
  const turns: Turn[] = [];
  for (let turn = 0; turn < (isFew ? folds : 1); turn++) {
    const inside = indices.filter((i) => fold[i] !== turn);
    const outside = indices.filter((i) => fold[i] === turn);
    if (inside.length === 0 || outside.length === 0) continue;
    const [known, asked] = [inside.map((i) => labels[i]!), outside.map((i) => labels[i]!)];
    const options = { classes, tolerance: 1e-3, precondition };
    const path = logisticPath(pickRows(x, inside), known, options, algebra);
    turns.push({ path, heldOut: pickRows(x, outside), asked });
  }
  return turns;
}

/** Weighted by the number of held-out labels, with the weights of the last turn. */
async function scoreTurns(turns: readonly Turn[], l2: number, algebra: Algebra): Promise<Omit<Choice, 'l2'>> {
  let [accuracy, crossEntropy, count] = [0, 0, 0];
  let start = new Float64Array(0);
  for (const { path, heldOut, asked } of turns) {
    const model = await path.fit(l2);
    const score = await scoreLogistic(model, heldOut, asked, algebra);
    accuracy += score.accuracy * heldOut.rows;
    crossEntropy += score.crossEntropy * heldOut.rows;
    count += heldOut.rows;
    start = Float64Array.from(model.weights);
  }
  return { accuracy: accuracy / count, crossEntropy: crossEntropy / count, start };
}
