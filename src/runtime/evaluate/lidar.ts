import { cholesky, solveLower } from './cholesky.js';
import { symmetricEigenvalues } from './eigenvalues.js';
import type { Matrix } from './matrix.js';

/** The paper's δ and ε. */
const delta = 1e-4;
const epsilon = 1e-7;

/**
 * LiDAR, the effective rank of what tells examples from their own views: exp of the entropy of the eigenvalues of Σw^(−1/2)·Σb·Σw^(−1/2), divided by
 * their sum. Σb is the covariance of the examples' mean views, Σw that of views around their example's mean, plus δI. Thilak et al. 2023, "LiDAR: Sensing Linear Probing Performance in Joint
 * Embedding SSL Architectures", section 4. `views`: one matrix a view, of the same examples in the same order; at least two.
 */
export function lidar(views: readonly Matrix[]): number {
  const [first] = views;
  if (!first || views.length < 2) return Number.NaN;
  const { rows, columns } = first;
  const means = new Float64Array(rows * columns);
  for (const { data } of views) for (let i = 0; i < means.length; i++) means[i]! += data[i]! / views.length;
  const within = square(columns);
  const deviation = new Float64Array(columns);
  for (const { data } of views) {
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < columns; k++) deviation[k] = data[i * columns + k]! - means[i * columns + k]!;
      addOuter(within, deviation, 1 / (rows * views.length));
    }
  }
  for (let k = 0; k < columns; k++) within[k]![k]! += delta;
  const mean = new Float64Array(columns);
  for (let i = 0; i < means.length; i++) mean[i % columns]! += means[i]! / rows;
  const between = square(columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) deviation[k] = means[i * columns + k]! - mean[k]!;
    addOuter(between, deviation, 1 / rows);
  }
  return effectiveRank(whiten(between, within));
}

function effectiveRank(eigenvalues: Float64Array): number {
  const sum = eigenvalues.reduce((total, value) => total + Math.abs(value), 0);
  if (sum === 0) return 0;
  return Math.exp(
    eigenvalues.reduce((total, value) => {
      const share = Math.max(0, value) / sum + epsilon;
      return total - share * Math.log(share);
    }, 0),
  );
}

/** The eigenvalues of W^(−1/2)·B·W^(−1/2), which are those of L⁻¹·B·L⁻ᵀ where L·Lᵀ = W. Both are given by their lower triangles. */
function whiten(b: Float64Array[], w: readonly Float64Array[]): Float64Array {
  const n = b.length;
  const factor = cholesky(w);
  // Rows of B·L⁻ᵀ, then of L⁻¹·(B·L⁻ᵀ), both by solving L·y = row, since B is symmetric.
  const full = b.map((row, i) => Float64Array.from({ length: n }, (_, j) => (j <= i ? row[j]! : b[j]![i]!)));
  for (const row of full) solveLower(factor, row);
  const turned = full.map((_, j) => Float64Array.from({ length: n }, (_, i) => full[i]![j]!));
  for (const row of turned) solveLower(factor, row);
  return symmetricEigenvalues(turned);
}

function square(n: number): Float64Array[] {
  return Array.from({ length: n }, () => new Float64Array(n));
}

/** The lower triangle. */
function addOuter(to: readonly Float64Array[], v: Float64Array, scale: number): void {
  for (let i = 0; i < v.length; i++) {
    const row = to[i]!;
    const value = v[i]! * scale;
    if (value === 0) continue;
    for (let j = 0; j <= i; j++) row[j]! += value * v[j]!;
  }
}
