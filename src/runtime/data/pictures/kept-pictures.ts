/** Decoded pictures in memory, as bytes: of one size, each at its place. */

import type { Encoded } from '../columns.js';
import { BatchPool, decodingThreads } from '../workers/pool.js';
import { type Decoding, type Problem, sizeOf } from './decode-image.js';

/** Bytes: what is larger is decoded again in each epoch. */
export const keptAtMost = 2 ** 30;
/** Bytes: fewer are decoded as fast as they are found in the cache. */
export const cachedFrom = 2 ** 23;

export interface KeptPictures {
  /** Memory that all threads see; where there is a problem, zeros. */
  readonly bytes: Uint8Array;
  readonly problems: ReadonlyMap<number, Problem>;
}

export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** A job of a thread. */
const atOnce = 64;

/** Decodes pictures, each straight into its place, in threads. */
export async function keepPictures(items: readonly Encoded[], decoding: Decoding): Promise<KeptPictures> {
  const bytes = sharedBytes(items.length * sizeOf(decoding));
  const problems = new Map<number, Problem>();
  const pool = new BatchPool(decodingThreads());
  const decode = async (start: number): Promise<void> => {
    const some = items.slice(start, start + atOnce);
    const missing = Uint32Array.from(some, (_, i) => start + i);
    const { bad } = await pool.run({
      kind: 'fill',
      bytes,
      indices: new Uint32Array(0),
      missing,
      items: some,
      decoding,
    });
    for (const { place, problem } of bad) problems.set(start + place, problem);
  };
  const jobs = Array.from({ length: Math.ceil(items.length / atOnce) }, (_, job) => decode(job * atOnce));
  await Promise.all(jobs).finally(() => pool.close());
  return { bytes, problems };
}
