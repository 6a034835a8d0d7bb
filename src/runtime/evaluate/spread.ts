import { type Matrix, normalizeRows } from './matrix.js';

export interface Spread {
  /** Average over the dimensions: 1 if representations point everywhere alike, 0 if all point the same way. */
  readonly mean: number;
  /** The dimension that varies least. */
  readonly min: number;
}

/**
 * The standard deviation of each dimension of the L2-normalised representations, times the root of the number of
 * dimensions. After Chen & He 2021, "Exploring Simple Siamese Representation Learning", section 4.1, who plot it against 1/√d.
 */
export function spread(representations: Matrix): Spread {
  const { rows, columns, data } = normalizeRows(representations);
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) sums[j]! += data[row * columns + j]!;
  }
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++) squares[j]! += (data[row * columns + j]! - sums[j]! / rows) ** 2;
  }
  const deviations = Array.from(squares, (sum) => Math.sqrt((sum / rows) * columns));
  return {
    mean: deviations.reduce((a, b) => a + b, 0) / columns,
    min: deviations.reduce((a, b) => Math.min(a, b), Infinity),
  };
}
