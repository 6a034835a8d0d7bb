import { type Matrix, normalizeRows } from './matrix.js';

/**
 * Alignment of two views of the same examples: the mean of ‖x − y‖^α over pairs on the sphere, α = 2; 0 is perfect. Wang & Isola
 * 2020, "Understanding Contrastive Representation Learning through Alignment and Uniformity on the Hypersphere", section 4.1.
 */
export function alignment(first: Matrix, second: Matrix, alpha = 2): number {
  const [a, b] = [normalizeRows(first), normalizeRows(second)];
  let sum = 0;
  for (let i = 0; i < a.rows; i++) {
    let square = 0;
    for (let k = 0; k < a.columns; k++) square += (a.data[i * a.columns + k]! - b.data[i * a.columns + k]!) ** 2;
    sum += square ** (alpha / 2);
  }
  return sum / a.rows;
}
