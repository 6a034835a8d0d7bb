import type { Dataset } from '../data/index.js';
import type { LoadedModel } from '../model.js';
import { features } from './features.js';
import { hits, mean } from './hits.js';
import { argmax } from './knn.js';
import { evenlySpread } from './matrix.js';

/** Test examples that a head classifies: each head is a pass of an encoder of its own. */
export const mostClassified = 2000;

/** Test accuracy of a model that `superviseModel` made: its representation is one number a class, the largest is its answer. One score for each example that is looked at. */
export async function headAccuracy(
  model: LoadedModel,
  dataset: Dataset,
  labels: ArrayLike<number>,
): Promise<{ readonly value: number; readonly scores: Uint8Array }> {
  const seen = evenlySpread(dataset.size('test'), mostClassified);
  const { rows, columns, data } = await features(model, dataset, 'test', seen);
  const answers = Int32Array.from({ length: rows }, (_, i) => argmax(data.subarray(i * columns, (i + 1) * columns)));
  const scores = hits(
    answers,
    Int32Array.from(seen, (row) => labels[row]!),
  );
  return { value: mean(scores), scores };
}
