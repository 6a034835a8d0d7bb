/** Multinomial logistic regression: mean cross-entropy plus (l2 / 2)·‖W‖², the intercepts free. */
import type { Algebra, CrossEntropy } from './algebra.js';
import { hits, mean } from './hits.js';
import { type Evaluation, minimize } from './lbfgs.js';
import type { Matrix } from './matrix.js';
import { type Preconditioner, preconditioners } from './preconditioner.js';
import { softmaxInPlace } from './softmax.js';

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
  /** Made from `x` where absent; one from like data does as well. */
  readonly precondition?: (l2: number) => Preconditioner;
}

/** Fits to one set of examples, each starting from the one before, the first from `start`. */
export interface LogisticPath {
  fit(l2: number): Promise<LogisticModel>;
  dispose(): void;
}

export function logisticPath(
  x: Matrix,
  labels: ArrayLike<number>,
  { classes, tolerance, maxIterations = 200, start, precondition = preconditioners(x, classes) }: LogisticOptions,
  algebra: Algebra,
): LogisticPath {
  const fixed = algebra.fix(x);
  const crossEntropy = fixed.crossEntropy(labels, classes);
  let weights = start ?? new Float64Array((x.columns + 1) * classes);
  return {
    async fit(l2) {
      const objective = (w: Float64Array) => regularized(crossEntropy, x, classes, l2, w);
      const options = { tolerance, maxIterations, precondition: precondition(l2) };
      const { point, converged, iterations } = await minimize(objective, weights, options);
      weights = point;
      return { weights, classes, converged, iterations };
    },
    dispose: () => fixed.dispose(),
  };
}

async function regularized(
  crossEntropy: CrossEntropy,
  { rows, columns }: Matrix,
  classes: number,
  l2: number,
  w: Float64Array,
): Promise<Evaluation> {
  const { losses, gradient: sums } = await crossEntropy(w);
  let loss = 0;
  for (const value of losses) loss += value;
  const gradient = Float64Array.from(sums, (sum) => sum / rows);
  let square = 0;
  for (let j = 0; j < columns * classes; j++) {
    gradient[j]! += l2 * w[j]!;
    square += w[j]! * w[j]!;
  }
  return { value: loss / rows + 0.5 * l2 * square, gradient };
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
  const { predictions, losses } = await classify(model, x, labels, algebra);
  return { accuracy: mean(hits(predictions, labels)), crossEntropy: mean(losses) };
}

/** The most probable class of each row. */
export async function predictLogistic(model: LogisticModel, x: Matrix, algebra: Algebra): Promise<Int32Array> {
  return (await classify(model, x, new Int32Array(x.rows), algebra)).predictions;
}

async function classify(
  { classes, weights }: LogisticModel,
  x: Matrix,
  labels: ArrayLike<number>,
  algebra: Algebra,
): Promise<{ readonly predictions: Int32Array; readonly losses: Float64Array }> {
  const fixed = algebra.fix(x);
  const inner = x.columns * classes;
  const probabilities = await fixed.times(Float32Array.from(weights.subarray(0, inner)), classes);
  fixed.dispose();
  const [predictions, losses] = [new Int32Array(x.rows), new Float64Array(x.rows)];
  for (let i = 0; i < x.rows; i++) {
    losses[i] = softmaxInPlace(probabilities, i * classes, weights.subarray(inner), labels[i]!);
    for (let c = 1; c < classes; c++) {
      if (probabilities[i * classes + c]! > probabilities[i * classes + predictions[i]!]!) predictions[i] = c;
    }
  }
  return { predictions, losses };
}
