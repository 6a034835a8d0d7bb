import type { Algebra } from './algebra.js';
import { type Matrix, normalizeRows, pickRows } from './matrix.js';

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
  const spread = Array.from({ length: Math.min(atMost, rows.rows) }, (_, i) =>
    Math.floor((i * rows.rows) / Math.min(atMost, rows.rows)),
  );
  const queries = Uint32Array.from(spread.filter((i) => counts.get(labels[i]!)! > 1));
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

/** Ranks by sorting numbers: the bits of a similarity, ordered as integers, with relevance behind them; typed arrays sort them natively. */
class Ranking {
  private readonly keys: Float64Array;
  private readonly float = new Float32Array(1);
  private readonly bits = new Int32Array(this.float.buffer);

  constructor(count: number) {
    this.keys = new Float64Array(count);
  }

  /** Places of the relevant rows, from 0, the most similar first. */
  relevant(similarities: Float32Array, query: number, labels: ArrayLike<number>): number[] {
    const { keys, float, bits } = this;
    let n = 0;
    for (let i = 0; i < similarities.length; i++) {
      if (i === query) continue;
      float[0] = -similarities[i]! + 0;
      const ordered = bits[0]! >= 0 ? bits[0]! : -(bits[0]! & 0x7fffffff);
      keys[n++] = 2 * ordered + (labels[i] === labels[query] ? 1 : 0);
    }
    keys.sort();
    const places: number[] = [];
    for (let i = 0; i < n; i++) if (keys[i]! % 2 !== 0) places.push(i);
    return places;
  }
}
