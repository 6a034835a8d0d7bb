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
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) mean[j]! += data[i * columns + j]!;
  for (let j = 0; j < columns; j++) mean[j]! /= rows;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const deviation = data[i * columns + j]! - mean[j]!;
      variance[j]! += deviation * deviation;
    }
  }
  for (let j = 0; j < columns; j++) variance[j]! /= rows;
  // Rounding errors of a constant feature must not be blown up.
  const scale = variance.map((v, j) => (v > 1e-12 * (mean[j]! ** 2 + 1e-12) ? 1 / Math.sqrt(v) : 0));
  return { mean, scale };
}

export function standardize(matrix: Matrix, by: Standardization): Matrix {
  const copy = { ...matrix, data: matrix.data.slice() };
  standardizeInPlace(copy, by);
  return copy;
}

export function standardizeInPlace({ rows, columns, data }: Matrix, { mean, scale }: Standardization): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) data[i * columns + j] = (data[i * columns + j]! - mean[j]!) * scale[j]!;
  }
}
