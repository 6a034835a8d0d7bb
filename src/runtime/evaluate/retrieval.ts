import type { Algebra } from './algebra.js';
import { evenlySpread, type Matrix, normalizeRows, pickRows } from './matrix.js';

export interface RetrievalScores {
  /** The queries' places among the rows; those whose class nobody else has are left out. */
  readonly queries: Uint32Array;
  /** One a query. */
  readonly averagePrecision: Float32Array;
  /** k → whether one of the k most similar is of the query's class, 0 or 1. */
  readonly hits: ReadonlyMap<number, Uint8Array>;
}

const blockOfQueries = 128;

/**
 * Retrieval by class: each query is compared (cosine) with all other rows, those of its class are relevant. Average precision is the
 * mean over relevant rows of the precision down to each (Manning, Raghavan, Schütze 2008, section 8.4); recall@k is 1 where one of the k nearest is
 * relevant (Jégou, Douze, Schmid 2011, and the metric-learning literature after it). Of equal similarities irrelevant rows come
 * first, so that a constant representation earns nothing. At most `atMost` queries, evenly spread over the rows.
 */
export async function retrieve(
  rows: Matrix,
  labels: ArrayLike<number>,
  at: readonly number[],
  algebra: Algebra,
  atMost = 2000,
): Promise<RetrievalScores> {
  const unit = normalizeRows(rows);
  const counts = new Map<number, number>();
  for (let i = 0; i < rows.rows; i++) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
  const queries = evenlySpread(rows.rows, atMost).filter((i) => counts.get(labels[i]!)! > 1);
  const averagePrecision = new Float32Array(queries.length);
  const hits = new Map(at.map((k) => [k, new Uint8Array(queries.length)]));
  const fixed = algebra.fix(unit);
  const ranking = new Ranking(rows.rows - 1);
  try {
    for (let start = 0; start < queries.length; start += blockOfQueries) {
      const block = queries.subarray(start, start + blockOfQueries);
      const similarities = await fixed.dotRows(pickRows(unit, block).data, block.length);
      for (let i = 0; i < block.length; i++) {
        const row = similarities.subarray(i * rows.rows, (i + 1) * rows.rows);
        const relevantAt = ranking.relevant(row, block[i]!, labels);
        let sum = 0;
        for (let n = 0; n < relevantAt.length; n++) sum += (n + 1) / (relevantAt[n]! + 1);
        averagePrecision[start + i] = sum / relevantAt.length;
        for (const [k, hit] of hits) hit[start + i] = relevantAt[0]! < k ? 1 : 0;
      }
    }
  } finally {
    fixed.dispose();
  }
  return { queries, averagePrecision, hits };
}

/** Ranks without sorting what is not relevant: relevant similarities in descending order, and how many of the others are before each. */
class Ranking {
  private readonly others: Float32Array;

  constructor(count: number) {
    this.others = new Float32Array(count);
  }

  /** Places of the relevant rows, from 0, the most similar first. */
  relevant(similarities: Float32Array, query: number, labels: ArrayLike<number>): Int32Array {
    const { others } = this;
    const own: number[] = [];
    let count = 0;
    for (let i = 0; i < similarities.length; i++) {
      if (i === query) continue;
      if (labels[i] === labels[query]) own.push(similarities[i]!);
      else others[count++] = similarities[i]!;
    }
    const sorted = Float32Array.from(own).sort().reverse();
    // How many others come before the n-th relevant row but not before the one above it.
    const places = new Int32Array(sorted.length + 1);
    for (let i = 0; i < count; i++) places[firstAtMost(sorted, others[i]!)]!++;
    let before = 0;
    for (let n = 0; n < sorted.length; n++) {
      before += places[n]!;
      places[n] = before + n;
    }
    return places.subarray(0, sorted.length);
  }
}

/** The first place in a descending list whose value is not above `value`. */
function firstAtMost(descending: Float32Array, value: number): number {
  let [low, high] = [0, descending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (descending[middle]! > value) low = middle + 1;
    else high = middle;
  }
  return low;
}
