/** Energies of compatible and of mismatched pairs, as a trained model sees them. */

import type { Dataset, SplitName } from '../data/index.js';
import { randomBits, shuffleInPlace } from '../data/index.js';
import { pickRows } from '../infer/energy-runner.js';
import type { LoadedModel } from '../model.js';
import { features } from './features.js';
import type { Matrix } from './matrix.js';

/** Test examples whose energies are taken: an interval over more is hardly narrower. */
export const mostPairs = 2000;

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
  atMost = mostPairs,
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

/**
 * Row i, column j: the energy of what example i gives as the first argument with what example j gives as the others, of at most `atMost` examples of the
 * split in a drawn order.
 */
export async function allPairEnergies(
  model: LoadedModel,
  dataset: Dataset,
  split: SplitName,
  seed: number,
  atMost: number,
): Promise<Matrix> {
  const order = Array.from({ length: dataset.size(split) }, (_, i) => i);
  shuffleInPlace(order, randomBits(0x70616972, seed));
  const count = Math.min(atMost, order.length);
  const examples = await dataset.read(
    split,
    order.slice(0, count),
    model.inputs.map(({ name }) => name),
  );
  const all = { rows: count, columns: count, data: new Float32Array(count * count) };
  const { stepNumber } = model;
  // An example and the one after it in the batch are a pair.
  const atOnce = Math.floor(model.batch / 2);
  for (let start = 0; start < all.data.length; start += atOnce) {
    model.stepNumber = 0;
    const rows = Array.from({ length: model.batch }, (_, place) => {
      const pair = Math.min(start + (place >> 1), all.data.length - 1);
      return place % 2 === 0 ? Math.floor(pair / count) : pair % count;
    });
    const batch = Object.fromEntries(Object.entries(examples).map(([name, values]) => [name, pickRows(values, rows)]));
    const { data } = await model.pairEnergies!(batch);
    for (let k = 0; k < atOnce && start + k < all.data.length; k++) all.data[start + k] = data[2 * (2 * k) + 1]!;
  }
  model.stepNumber = stepNumber;
  return all;
}
