/** An approximate inverse of the Hessian of L2-regularised softmax regression, for L-BFGS to start from. */
import { type Matrix, thinRows } from './matrix.js';

/** Maps a gradient [columns + 1, classes], the last row the intercepts, to a step of the same layout. */
export type Preconditioner = (gradient: Float64Array) => Float64Array;

/** Neighbouring features this many at a time; between blocks correlations are left to L-BFGS. */
const widest = 128;
const rowsUsed = 4096;

/**
 * At weights of zero every class has probability 1 / C, and the Hessian of one class's weights is
 * (1/C)(1 − 1/C)·XᵀX / n + λI: that matrix, blocks along its diagonal, inverted by Cholesky factors for each λ asked for.
 */
export function preconditioners(x: Matrix, classes: number): (l2: number) => Preconditioner {
  const curvature = (1 / classes) * (1 - 1 / classes);
  const blocks = covarianceBlocks(thinRows(x, rowsUsed));
  const known = new Map<number, Preconditioner>();
  return (l2) => {
    const found = known.get(l2);
    if (found) return found;
    const factors = blocks.map(({ start, rows }) => ({ start, rows: cholesky(rows, curvature, l2) }));
    const made: Preconditioner = (gradient) => {
      const step = gradient.map((g) => g / curvature);
      for (const factor of factors) solveInPlace(factor, step, gradient, classes);
      return step;
    };
    known.set(l2, made);
    return made;
  };
}

/** Rows of a square matrix (lower triangle) over the features from `start` on. */
interface Block {
  readonly start: number;
  readonly rows: readonly Float64Array[];
}

function covarianceBlocks({ rows: count, columns, data }: Matrix): Block[] {
  const blocks = Math.ceil(columns / widest);
  return Array.from({ length: blocks }, (_, block) => {
    const start = Math.floor((block * columns) / blocks);
    const end = Math.floor(((block + 1) * columns) / blocks);
    const features = Array.from({ length: end - start }, (_, k) =>
      Float64Array.from({ length: count }, (_, i) => data[i * columns + start + k]!),
    );
    const rows = features.map((a, i) =>
      Float64Array.from({ length: i + 1 }, (_, j) => dot(a, features[j]!, count) / count),
    );
    return { start, rows };
  });
}

/** The lower factor of scale·A + shift·I. */
function cholesky(a: readonly Float64Array[], scale: number, shift: number): Float64Array[] {
  const factor: Float64Array[] = [];
  for (const [i, row] of a.entries()) {
    const current = new Float64Array(i + 1);
    factor.push(current);
    for (let j = 0; j <= i; j++) {
      const other = factor[j]!;
      const rest = scale * row[j]! + (i === j ? shift : 0) - dot(current, other, j);
      // A feature that the others determine: rounding may leave nothing positive.
      current[j] = i === j ? Math.sqrt(Math.max(rest, 1e-9)) : rest / other[j]!;
    }
  }
  return factor;
}

/** Writes the solution of L·Lᵀ·Y = G for the block's rows into `target`. */
function solveInPlace({ start, rows }: Block, target: Float64Array, gradient: Float64Array, classes: number): void {
  const size = rows.length;
  for (let c = 0; c < classes; c++) {
    const y = Float64Array.from(rows, (_, i) => gradient[(start + i) * classes + c]!);
    for (let i = 0; i < size; i++) y[i] = (y[i]! - dot(rows[i]!, y, i)) / rows[i]![i]!;
    for (let i = size - 1; i >= 0; i--) {
      const row = rows[i]!;
      const value = y[i]! / row[i]!;
      y[i] = value;
      for (let j = 0; j < i; j++) y[j]! -= value * row[j]!;
    }
    for (let i = 0; i < size; i++) target[(start + i) * classes + c] = y[i]!;
  }
}

function dot(a: Float64Array, b: Float64Array, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = length & ~3;
  for (let k = 0; k < whole; k += 4) {
    s0 += a[k]! * b[k]!;
    s1 += a[k + 1]! * b[k + 1]!;
    s2 += a[k + 2]! * b[k + 2]!;
    s3 += a[k + 3]! * b[k + 3]!;
  }
  for (let k = whole; k < length; k++) s0 += a[k]! * b[k]!;
  return s0 + s1 + s2 + s3;
}
