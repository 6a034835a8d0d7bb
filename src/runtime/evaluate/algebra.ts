/** The products that evaluation spends its time on, with one large matrix kept where products are fast. */
import type { Matrix } from './matrix.js';

export interface FixedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** X·B for B [columns, width], row by row. */
  times(b: Float32Array, width: number): Promise<Float32Array>;
  /** B·Xᵀ for B [height, columns]. */
  dotRows(b: Float32Array, height: number): Promise<Float32Array>;
  /** For each row of B [height, columns] the k rows of X with the largest products, in descending order; of equal ones those that come first, but for the last that there is room for. */
  nearest(b: Float32Array, height: number, k: number): Promise<Nearest>;
  /** The rows' cross-entropy as a function of a linear classifier; ends with the matrix. */
  crossEntropy(labels: ArrayLike<number>, classes: number): CrossEntropy;
  dispose(): void;
}

/** [height, k] each. */
export interface Nearest {
  readonly indices: Int32Array;
  readonly products: Float32Array;
}

/** At weights [columns + 1, classes], the last row the intercepts. */
export type CrossEntropy = (weights: Float64Array) => Promise<{
  /** One a row. */
  readonly losses: Float32Array;
  /** Of the sum of the losses, laid out as the weights. */
  readonly gradient: Float32Array;
}>;

export interface Algebra {
  fix(matrix: Matrix): FixedMatrix;
}
