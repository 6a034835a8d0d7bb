/** Multinomial logistic regression: mean cross-entropy plus (l2 / 2)·‖W‖², the intercepts free. */
import type { Algebra, FixedMatrix } from './algebra.js';
import { minimize } from './lbfgs.js';
import type { Matrix } from './matrix.js';

export interface LogisticModel {
  /** [features + 1, classes], the last row the intercepts. */
  readonly weights: Float64Array;
  readonly classes: number;
  readonly converged: boolean;
  readonly iterations: number;
}

export interface LogisticOptions {
  readonly classes: number;
  readonly tolerance: number;
  readonly maxIterations?: number;
  readonly start?: Float64Array;
}

/**
 * One model for each strength of `l2s`, each starting from the one before (strong ones first), the first from `start`.
 */
export async function fitLogistic(
  x: Matrix,
  labels: ArrayLike<number>,
  l2s: readonly number[],
  { classes, tolerance, maxIterations = 500, start }: LogisticOptions,
  algebra: Algebra,
): Promise<LogisticModel[]> {
  const fixed = algebra.fix(x);
  const models: LogisticModel[] = [];
  try {
    let weights = start ?? new Float64Array((x.columns + 1) * classes);
    for (const l2 of l2s) {
      const objective = (w: Float64Array) => evaluateObjective(fixed, labels, classes, l2, w);
      const { point, converged, iterations } = await minimize(objective, weights, { tolerance, maxIterations });
      weights = point;
      models.push({ weights, classes, converged, iterations });
    }
  } finally {
    fixed.dispose();
  }
  return models;
}

async function evaluateObjective(
  x: FixedMatrix,
  labels: ArrayLike<number>,
  classes: number,
  l2: number,
  w: Float64Array,
) {
  const inner = x.columns * classes;
  const residuals = await x.times(Float32Array.from(w.subarray(0, inner)), classes);
  const gradient = new Float64Array(w.length);
  let loss = 0;
  for (let i = 0; i < x.rows; i++) {
    loss += softmaxInPlace(residuals, i * classes, classes, w, inner, labels[i]!);
    residuals[i * classes + labels[i]!]! -= 1;
    for (let c = 0; c < classes; c++) gradient[inner + c]! += residuals[i * classes + c]! / x.rows;
  }
  const products = await x.transposedTimes(residuals, classes);
  let square = 0;
  for (let j = 0; j < inner; j++) {
    gradient[j] = products[j]! / x.rows + l2 * w[j]!;
    square += w[j]! * w[j]!;
  }
  return { value: loss / x.rows + 0.5 * l2 * square, gradient };
}

/** Turns the logits at `start` (plus intercepts) into probabilities; returns the cross-entropy of `label`. */
function softmaxInPlace(
  logits: Float32Array,
  start: number,
  classes: number,
  weights: Float64Array,
  intercepts: number,
  label: number,
): number {
  let most = -Infinity;
  for (let c = 0; c < classes; c++) {
    logits[start + c]! += weights[intercepts + c]!;
    most = Math.max(most, logits[start + c]!);
  }
  const own = logits[start + label]! - most;
  let sum = 0;
  for (let c = 0; c < classes; c++) {
    const exp = Math.exp(logits[start + c]! - most);
    logits[start + c] = exp;
    sum += exp;
  }
  for (let c = 0; c < classes; c++) logits[start + c]! /= sum;
  return Math.log(sum) - own;
}

export interface Score {
  readonly accuracy: number;
  readonly crossEntropy: number;
}

export async function scoreLogistic(
  model: LogisticModel,
  x: Matrix,
  labels: ArrayLike<number>,
  algebra: Algebra,
): Promise<Score> {
  const { classes, weights } = model;
  const fixed = algebra.fix(x);
  const inner = x.columns * classes;
  const probabilities = await fixed.times(Float32Array.from(weights.subarray(0, inner)), classes);
  fixed.dispose();
  let [correct, crossEntropy] = [0, 0];
  for (let i = 0; i < x.rows; i++) {
    const label = labels[i]!;
    crossEntropy += softmaxInPlace(probabilities, i * classes, classes, weights, inner, label) / x.rows;
    let best = 0;
    for (let c = 1; c < classes; c++) {
      if (probabilities[i * classes + c]! > probabilities[i * classes + best]!) best = c;
    }
    if (best === label) correct++;
  }
  return { accuracy: correct / x.rows, crossEntropy };
}
