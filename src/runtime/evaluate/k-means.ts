import { randomBits } from '../data/index.js';
import type { Algebra, FixedMatrix } from './algebra.js';
import { type Matrix, normalizeRows, pickRows } from './matrix.js';

export interface KMeansOptions {
  readonly clusters: number;
  readonly seed: number;
  /** Starts of which the best is kept. */
  readonly starts?: number;
  readonly maxRounds?: number;
}

export interface Clustering {
  readonly assignments: Int32Array;
  /** Sum of squared distances to the centres. */
  readonly inertia: number;
}

/**
 * Euclidean k-means (Lloyd 1982) of rows divided by their lengths, from starts by k-means++ (Arthur & Vassilvitskii 2007); what the field clusters
 * representations with (e.g. Van Gansbeke et al. 2020, "SCAN: Learning to Classify Images without Labels", section 3).
 */
export async function kMeans(
  rows: Matrix,
  { clusters, seed, starts = 5, maxRounds = 100 }: KMeansOptions,
  algebra: Algebra,
): Promise<Clustering> {
  const unit = normalizeRows(rows);
  const fixed = algebra.fix(unit);
  let best: Clustering | undefined;
  try {
    for (let start = 0; start < starts; start++) {
      const centres = await plusPlusCentres(unit, fixed, clusters, randomBits(0x6b6d6e73, seed, start));
      const found = await lloyd(unit, fixed, centres, maxRounds);
      if (!best || found.inertia < best.inertia) best = found;
    }
  } finally {
    fixed.dispose();
  }
  return best!;
}

/** Rounds of Lloyd's algorithm from these centres until no row changes its cluster. */
export async function lloyd(x: Matrix, fixed: FixedMatrix, first: Matrix, maxRounds: number): Promise<Clustering> {
  const squares = squaredLengths(x);
  const assignments = new Int32Array(x.rows).fill(-1);
  let centres = first;
  let inertia = 0;
  for (let round = 0; round < maxRounds; round++) {
    const products = await fixed.dotRows(centres.data, centres.rows);
    const lengths = squaredLengths(centres);
    const distances = new Float64Array(x.rows);
    let changed = 0;
    for (let i = 0; i < x.rows; i++) {
      let [nearest, least] = [0, Infinity];
      for (let c = 0; c < centres.rows; c++) {
        const distance = lengths[c]! - 2 * products[c * x.rows + i]!;
        if (distance < least) [nearest, least] = [c, distance];
      }
      distances[i] = Math.max(0, least + squares[i]!);
      if (assignments[i] !== nearest) changed++;
      assignments[i] = nearest;
    }
    inertia = distances.reduce((a, b) => a + b, 0);
    if (changed === 0) break;
    centres = meansOf(x, assignments, centres.rows, distances);
  }
  return { assignments, inertia };
}

/** The means of the clusters; an empty one moves to the row that is farthest from its own centre. */
function meansOf(
  { rows, columns, data }: Matrix,
  assignments: Int32Array,
  clusters: number,
  distances: Float64Array,
): Matrix {
  const sums = new Float64Array(clusters * columns);
  const counts = new Int32Array(clusters);
  for (let i = 0; i < rows; i++) {
    const start = assignments[i]! * columns;
    counts[assignments[i]!]!++;
    for (let k = 0; k < columns; k++) sums[start + k]! += data[i * columns + k]!;
  }
  for (let c = 0; c < clusters; c++) {
    if (counts[c]! > 0) {
      for (let k = 0; k < columns; k++) sums[c * columns + k]! /= counts[c]!;
      continue;
    }
    const farthest = distances.reduce((best, value, i) => (value > distances[best]! ? i : best), 0);
    distances[farthest] = 0;
    for (let k = 0; k < columns; k++) sums[c * columns + k] = data[farthest * columns + k]!;
  }
  return { rows: clusters, columns, data: Float32Array.from(sums) };
}

/** Rows drawn one after another, each with a probability that grows as its squared distance to those drawn before. */
async function plusPlusCentres(x: Matrix, fixed: FixedMatrix, clusters: number, bits: () => number): Promise<Matrix> {
  const squares = squaredLengths(x);
  const chosen = [Math.floor((bits() / 2 ** 32) * x.rows)];
  const least = new Float64Array(x.rows).fill(Infinity);
  while (chosen.length < Math.min(clusters, x.rows)) {
    const last = chosen.at(-1)!;
    const products = await fixed.dotRows(pickRows(x, [last]).data, 1);
    let total = 0;
    for (let i = 0; i < x.rows; i++) {
      least[i] = Math.max(0, Math.min(least[i]!, squares[i]! + squares[last]! - 2 * products[i]!));
      total += least[i]!;
    }
    let left = (bits() / 2 ** 32) * total;
    let next = 0;
    while (next < x.rows - 1 && left >= least[next]!) left -= least[next++]!;
    chosen.push(next);
  }
  return pickRows(x, chosen);
}

function squaredLengths({ rows, columns, data }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let k = i * columns; k < (i + 1) * columns; k++) sum += data[k]! * data[k]!;
    return sum;
  });
}
