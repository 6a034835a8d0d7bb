import type { Dataset } from '../data/index.js';
import type { LoadedModel } from '../model.js';
import { features } from './features.js';
import { hits, mean } from './hits.js';
import { argmax } from './knn.js';

/** Test accuracy of a model that `superviseModel` made: its representation is one number a class, the largest is its answer. */
export async function headAccuracy(
  model: LoadedModel,
  dataset: Dataset,
  labels: ArrayLike<number>,
): Promise<{ readonly value: number; readonly scores: Uint8Array }> {
  const { rows, columns, data } = await features(model, dataset, 'test');
  const answers = Int32Array.from({ length: rows }, (_, i) => argmax(data.subarray(i * columns, (i + 1) * columns)));
  const scores = hits(answers, labels);
  return { value: mean(scores), scores };
}
