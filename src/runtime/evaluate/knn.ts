import type { Algebra, FixedMatrix } from './algebra.js';
import { hits, mean } from './hits.js';
import { type Matrix, normalizeRows } from './matrix.js';

export interface KnnOptions {
  readonly neighbours: number;
  readonly classes: number;
  /** What similarities are divided by before exp. */
  readonly temperature?: number;
}

const blockOfQueries = 256;

/**
 * Classes by the weighted k-nearest-neighbour classifier: the k most similar training examples (cosine) vote, each with
 * weight exp(similarity / 0.1). Wu, Xiong, Yu, Lin 2018, "Unsupervised Feature Learning via Non-Parametric Instance
 * Discrimination", section 3.4; as in lightly's `knn_predict`.
 */
export async function knnPredictions(
  train: Matrix,
  trainLabels: ArrayLike<number>,
  test: Matrix,
  { neighbours, classes, temperature = 0.1 }: KnnOptions,
  algebra: Algebra,
): Promise<Int32Array> {
  const known = algebra.fix(normalizeRows(train));
  const queries = normalizeRows(test);
  const k = Math.min(neighbours, train.rows);
  const predictions = new Int32Array(test.rows);
  try {
    for (let start = 0; start < test.rows; start += blockOfQueries) {
      const height = Math.min(blockOfQueries, test.rows - start);
      const similarities = await similaritiesOf(known, queries, start, height);
      for (let i = 0; i < height; i++) {
        const row = similarities.subarray(i * train.rows, (i + 1) * train.rows);
        const votes = new Float64Array(classes);
        for (const index of mostSimilar(row, k)) votes[trainLabels[index]!]! += Math.exp(row[index]! / temperature);
        predictions[start + i] = argmax(votes);
      }
    }
  } finally {
    known.dispose();
  }
  return predictions;
}

/** The share of test examples that `knnPredictions` gets right. */
export async function knnAccuracy(
  train: Matrix,
  trainLabels: ArrayLike<number>,
  test: Matrix,
  testLabels: ArrayLike<number>,
  options: KnnOptions,
  algebra: Algebra,
): Promise<number> {
  return mean(hits(await knnPredictions(train, trainLabels, test, options, algebra), testLabels));
}

function similaritiesOf(known: FixedMatrix, queries: Matrix, start: number, height: number): Promise<Float32Array> {
  const { columns, data } = queries;
  return known.dotRows(data.slice(start * columns, (start + height) * columns), height);
}

/** Indices of the k largest values, by insertion into a short sorted list; of equal ones the first. */
export function mostSimilar(values: Float32Array, k: number): Int32Array {
  const best = new Int32Array(k);
  const kept = new Float64Array(k).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value > kept[k - 1]!)) continue;
    let place = k - 1;
    while (place > 0 && value > kept[place - 1]!) {
      kept[place] = kept[place - 1]!;
      best[place] = best[place - 1]!;
      place--;
    }
    kept[place] = value;
    best[place] = i;
  }
  return best;
}

/** The first of the largest. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
