/** Energies of compatible and of mismatched pairs, as a trained model sees them. */

import type { Dataset, SplitName } from '../data/index.js';
import { randomBits, shuffleInPlace } from '../data/index.js';
import type { LoadedModel } from '../model.js';
import { features } from './features.js';

export interface PairEnergies {
  /** One an example: of what belongs together. */
  readonly compatible: Float32Array;
  /** One an example: its first argument with the others of another example. */
  readonly mismatched: Float32Array;
}

/**
 * Of a split's examples in a drawn order, at most `atMost`; undefined where the model has no energy of pairs. The other example of a mismatched
 * pair is its neighbour in the batch: another one for certain, of the same class as chance will have it.
 */
export async function pairEnergies(
  model: LoadedModel,
  dataset: Dataset,
  split: SplitName,
  seed: number,
  atMost = 5000,
): Promise<PairEnergies | undefined> {
  if (!model.pairEnergies || model.batch < 2) return undefined;
  const order = Array.from({ length: dataset.size(split) }, (_, i) => i);
  shuffleInPlace(order, randomBits(0x70616972, seed));
  const indices = order.slice(0, atMost);
  // A last batch of one example would be paired with itself.
  if (indices.length % model.batch === 1) indices.pop();
  const { stepNumber } = model;
  let drawn = 0;
  const both = await features(model, dataset, split, indices, undefined, (batch) => {
    model.stepNumber = drawn++;
    return model.pairEnergies!(batch);
  });
  model.stepNumber = stepNumber;
  const column = (k: number): Float32Array => Float32Array.from({ length: both.rows }, (_, i) => both.data[2 * i + k]!);
  return { compatible: column(0), mismatched: column(1) };
}
