/** The order in which an epoch takes the examples. */
import type { Dataset, SplitName } from './dataset.js';
import { epochOrder, randomBits, shuffleInPlace } from './shuffle.js';

/** Examples among which the order is mixed, unless the data set says otherwise. */
const mixedAtOnce = 16384;
/** Bytes that they may be: what memory holds of them. */
const bytesAtOnce = 2 ** 28;

export interface Part {
  /** Its first row. */
  readonly start: number;
  /** What reading it takes in memory. */
  readonly bytes: number;
}

/**
 * A permutation that depends on the seed and the epoch only. Data that is read in parts is taken some parts at a time, the
 * parts in a new order each epoch and the examples of those some mixed, as a shuffle buffer would, so that each part is
 * read once an epoch and memory holds a few.
 */
export function orderOf(dataset: Dataset, split: SplitName, seed: number, epoch: number): Uint32Array {
  const size = dataset.size(split);
  const parts = dataset.parts?.(split);
  const mixed = dataset.mixed ?? mixedAtOnce;
  const total = parts?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
  if (!parts || (size <= mixed && total <= bytesAtOnce)) return epochOrder(size, seed, epoch);
  return orderByParts(size, parts, mixed, randomBits(0x70617274, seed, epoch));
}

export function orderByParts(size: number, parts: readonly Part[], mixed: number, bits: () => number): Uint32Array {
  const order = new Uint32Array(size);
  let [at, from, bytes] = [0, 0, 0];
  const mix = (): void => {
    shuffleInPlace(order.subarray(from, at), bits);
    [from, bytes] = [at, 0];
  };
  const places = shuffleInPlace(
    Uint32Array.from({ length: parts.length }, (_, i) => i),
    bits,
  );
  for (const place of places) {
    const part = parts[place]!;
    if (at > from && bytes + part.bytes > bytesAtOnce) mix();
    const end = parts[place + 1]?.start ?? size;
    for (let row = part.start; row < end; row++) order[at++] = row;
    bytes += part.bytes;
    if (at - from >= mixed) mix();
  }
  mix();
  return order;
}
