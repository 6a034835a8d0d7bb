/** Batches in a seeded order, epoch after epoch, the next one read while the current one is used. */
import type { Batch } from '../model.js';
import type { Dataset, SplitName } from './dataset.js';
import { epochOrder } from './shuffle.js';

export interface BatchesOptions {
  readonly split: SplitName;
  readonly batch: number;
  readonly seed: number;
  /** Steps already taken: the first batch is the one after them. */
  readonly firstStep: number;
  /** Where to end. */
  readonly steps: number;
  readonly fields: readonly string[];
}

export interface NumberedBatch {
  /** Steps taken before this one. */
  readonly step: number;
  readonly epoch: number;
  readonly data: Batch;
}

/** Full batches in an epoch; the incomplete last one is dropped. */
export function stepsPerEpoch(size: number, batch: number): number {
  return Math.floor(size / batch);
}

/** The batches from `firstStep` on. Which examples a step sees depends only on the options, never on where it started. */
export async function* batches(dataset: Dataset, options: BatchesOptions): AsyncGenerator<NumberedBatch> {
  const { split, batch, seed, firstStep, steps, fields } = options;
  const size = dataset.size(split);
  const perEpoch = stepsPerEpoch(size, batch);
  let order: { readonly epoch: number; readonly indices: Uint32Array } | undefined;

  const readStep = (step: number): Promise<Batch> => {
    const epoch = Math.floor(step / perEpoch);
    if (order?.epoch !== epoch) order = { epoch, indices: epochOrder(size, seed, epoch) };
    const start = (step % perEpoch) * batch;
    const reading = dataset.read(split, order.indices.subarray(start, start + batch), fields);
    // A prefetched batch may never be asked for; its failure then is nobody's.
    reading.catch(() => {});
    return reading;
  };

  let next = firstStep < steps ? readStep(firstStep) : undefined;
  for (let step = firstStep; step < steps; step++) {
    const data = await next!;
    next = step + 1 < steps ? readStep(step + 1) : undefined;
    yield { step, epoch: Math.floor(step / perEpoch), data };
  }
}
