/** Batches in a seeded order, epoch after epoch, the next few read while the current one is used. */
import type { Batch } from '../model.js';
import type { Dataset, SplitName } from './dataset.js';
import { orderOf } from './order.js';

export interface BatchesOptions {
  readonly split: SplitName;
  readonly batch: number;
  readonly seed: number;
  /** Steps already taken: the first batch is the one after them. */
  readonly firstStep: number;
  /** Where to end. */
  readonly steps: number;
  readonly fields: readonly string[];
  /** The number of the first epoch of all; 0 by default. */
  readonly firstEpoch?: number;
}

export interface NumberedBatch {
  /** Steps taken before this one. */
  readonly step: number;
  readonly epoch: number;
  readonly data: Batch;
}

/** Batches that are read ahead: two hide a slow one, and memory holds three at most. */
const ahead = 2;

/** Full batches in an epoch; the incomplete last one is dropped. */
export function stepsPerEpoch(size: number, batch: number): number {
  return Math.floor(size / batch);
}

/**
 * The batches from `firstStep` on. Which examples a step sees depends only on the options, never on where it started.
 * The first ones are read at once, whatever happens before they are asked for.
 */
export function batches(dataset: Dataset, options: BatchesOptions): AsyncGenerator<NumberedBatch, undefined> {
  const { split, batch, seed, firstStep, steps, fields, firstEpoch = 0 } = options;
  const size = dataset.size(split);
  const perEpoch = stepsPerEpoch(size, batch);
  const coming: Promise<Batch>[] = [];
  let order: { readonly epoch: number; readonly indices: Uint32Array } | undefined;

  const epochOf = (step: number): number => firstEpoch + Math.floor(step / perEpoch);
  const readStep = (step: number): Promise<Batch> => {
    const epoch = epochOf(step);
    if (order?.epoch !== epoch) order = { epoch, indices: orderOf(dataset, split, seed, epoch) };
    const start = (step % perEpoch) * batch;
    const reading = dataset.read(split, order.indices.subarray(start, start + batch), fields, { seed, epoch });
    // A batch that was read ahead may never be asked for; its failure then is nobody's.
    reading.catch(() => {});
    return reading;
  };
  const readAhead = (step: number): void => {
    for (let next = step + coming.length; next < steps && coming.length <= ahead; next++) coming.push(readStep(next));
  };
  const take = (step: number): Promise<Batch> => {
    readAhead(step);
    return coming.shift()!;
  };

  readAhead(firstStep);
  return (async function* () {
    for (let step = firstStep; step < steps; step++) {
      yield { step, epoch: epochOf(step), data: await take(step) };
    }
    return undefined;
  })();
}
