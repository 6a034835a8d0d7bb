import { symmetricEigenvalues } from './eigenvalues.js';
import { smallerGram } from './gram.js';
import { type Matrix, thinRows } from './matrix.js';

/** The paper's ε. */
const epsilon = 1e-7;

/**
 * RankMe, the effective number of dimensions that representations use: exp of the entropy of the singular values divided
 * by their sum. Garrido, Balestriero, Najman, LeCun 2023, "RankMe: Assessing the Downstream Performance of Pretrained
 * Self-Supervised Representations by Their Rank", equation 1. More than `atMost` rows are thinned.
 */
export function rankme(representations: Matrix, atMost = 2048): number {
  const singular = singularValues(thinRows(representations, atMost));
  const sum = singular.reduce((a, b) => a + b, 0);
  if (sum === 0) return 0;
  const entropy = singular.reduce((total, value) => {
    const share = value / sum + epsilon;
    return total - share * Math.log(share);
  }, 0);
  return Math.exp(entropy);
}

/** Descending. */
export function singularValues(matrix: Matrix): number[] {
  const squares = symmetricEigenvalues(smallerGram(matrix));
  return Array.from(squares, (value) => Math.sqrt(Math.max(0, value))).reverse();
}
