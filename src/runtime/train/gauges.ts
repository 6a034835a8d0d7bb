/** Collapse gauges: how much the representation of fixed examples varies, measured while training runs. */
import { type Dataset, orderOf, type SplitName } from '../data/index.js';
import { features } from '../evaluate/features.js';
import { rankme } from '../evaluate/rankme.js';
import { spread } from '../evaluate/spread.js';
import type { LoadedModel } from '../model.js';

export interface Gauges {
  /** Mean over dimensions; 1 is healthy, 0 collapsed. */
  readonly spread: number;
  readonly smallestSpread: number;
  readonly effectiveRank: number;
  readonly dimensions: number;
}

const probeExamples = 512;

/** The same examples in every run of a seed, whole batches of them. */
export function probeIndices(dataset: Dataset, split: SplitName, batch: number, seed: number): Uint32Array {
  const size = dataset.size(split);
  const wanted = Math.max(batch, Math.floor(probeExamples / batch) * batch);
  // "Epoch" −1 is no epoch of training.
  return orderOf(dataset, split, seed, -1).subarray(0, Math.min(size, wanted));
}

export async function measureGauges(
  model: LoadedModel,
  dataset: Dataset,
  split: SplitName,
  indices: Uint32Array,
): Promise<Gauges> {
  const matrix = await features(model, dataset, split, indices);
  const { mean, min } = spread(matrix);
  return { spread: mean, smallestSpread: min, effectiveRank: rankme(matrix), dimensions: matrix.columns };
}

/** Whether next to nothing is left of the representation. */
export function isCollapsed({ spread: mean, effectiveRank, dimensions }: Gauges): boolean {
  return mean < 0.02 || (dimensions >= 16 && effectiveRank < 2 && mean < 0.2);
}
