/** Energies of compatible and of mismatched pairs, as a trained model sees them. */

import type { Dataset, SplitName } from '../data/index.js';
import { randomBits, shuffleInPlace } from '../data/index.js';
import type { LoadedModel } from '../model.js';
import { features } from './features.js';
import { evenlySpread } from './matrix.js';

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

/** Represents an example by its energies with all of its batch; reads these fields. */
export interface PairModel {
  readonly model: LoadedModel;
  readonly fields: readonly string[];
}

/** Of so many examples each one's partner is looked for. */
export const candidates = 50;

/**
 * For each of at most `atMost` examples of the split, evenly spread, how many others have no higher an energy with its first argument than its own partner has,
 * among the examples of its group: as many as the model's batch, drawn once and for all.
 */
export async function partnerPlaces(
  { model, fields }: PairModel,
  dataset: Dataset,
  split: SplitName,
  atMost = mostPairs,
): Promise<Int32Array> {
  const seen = evenlySpread(dataset.size(split), atMost);
  const order = Array.from(seen, (_, i) => i);
  shuffleInPlace(order, randomBits(0x67726f75));
  const size = model.batch;
  const places = new Int32Array(seen.length);
  const { stepNumber } = model;
  for (let start = 0; start < order.length; start += size) {
    model.stepNumber = start / size;
    // The last group is made up with examples of others, whose own places are known.
    const group = Array.from({ length: size }, (_, i) => order[(start + i) % order.length]!);
    const read = await dataset.read(
      split,
      group.map((i) => seen[i]!),
      fields,
    );
    const { data } = await model.represent(read);
    for (let i = 0; i < size && start + i < order.length; i++) {
      const own = data[i * size + i]!;
      let before = 0;
      // Of equal energies the others come first, so that a constant energy earns nothing.
      for (let j = 0; j < size; j++) if (j !== i && data[i * size + j]! <= own) before++;
      places[group[i]!] = before;
    }
  }
  model.stepNumber = stepNumber;
  return places;
}
