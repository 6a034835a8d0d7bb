/** Features with mean 0 and deviation 1, as measured on the training examples. */
import type { Matrix } from './matrix.js';

export interface Standardization {
  readonly mean: Float64Array;
  /** 0 for a feature that never varies: it then becomes 0 everywhere. */
  readonly scale: Float64Array;
}

export function measureStandardization({ rows, columns, data }: Matrix): Standardization {
  const mean = new Float64Array(columns);
  const variance = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) mean[j]! += data[i * columns + j]! / rows;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) variance[j]! += (data[i * columns + j]! - mean[j]!) ** 2 / rows;
  }
  // Rounding errors of a constant feature must not be blown up.
  const scale = variance.map((v, j) => (v > 1e-12 * (mean[j]! ** 2 + 1e-12) ? 1 / Math.sqrt(v) : 0));
  return { mean, scale };
}

export function standardize({ rows, columns, data }: Matrix, { mean, scale }: Standardization): Matrix {
  const result = new Float32Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result[i * columns + j] = (data[i * columns + j]! - mean[j]!) * scale[j]!;
  }
  return { rows, columns, data: result };
}
