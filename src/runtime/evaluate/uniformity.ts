import { type Matrix, normalizeRows, thinRows } from './matrix.js';

/**
 * Uniformity of representations on the sphere: log of the mean over pairs of exp(−t·‖x − y‖²), t = 2; lower is more uniform.
 * Wang & Isola 2020, "Understanding Contrastive Representation Learning through Alignment and Uniformity on the
 * Hypersphere", section 4.1. More than `atMost` rows are thinned.
 */
export function uniformity(representations: Matrix, t = 2, atMost = 1024): number {
  const { rows, columns, data } = normalizeRows(thinRows(representations, atMost));
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      let square = 0;
      for (let k = 0; k < columns; k++) square += (data[i * columns + k]! - data[j * columns + k]!) ** 2;
      sum += Math.exp(-t * square);
    }
  }
  return Math.log(sum / ((rows * (rows - 1)) / 2));
}
