import type { Algebra } from './algebra.js';
import { hits, mean } from './hits.js';
import { type Matrix, normalizeRows } from './matrix.js';

export interface KnnOptions {
  readonly neighbours: number;
  readonly classes: number;
  /** What similarities are divided by before exp. */
  readonly temperature?: number;
}

const blockOfQueries = 512;

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
      const block = queries.data.slice(start * queries.columns, (start + height) * queries.columns);
      const { indices, products } = await known.nearest(block, height, k);
      for (let i = 0; i < height; i++) {
        const votes = new Float64Array(classes);
        for (let j = i * k; j < (i + 1) * k; j++)
          votes[trainLabels[indices[j]!]!]! += Math.exp(products[j]! / temperature);
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

/** The first of the largest. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}
