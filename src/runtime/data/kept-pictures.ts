/** Decoded pictures in memory, as bytes: of one size, each at its place. */
import type { Decoded, Decoding } from './decode-image.js';
import { someAtATime } from './some-at-a-time.js';

/** Bytes: what is larger is decoded again in each epoch. */
export const keptAtMost = 2 ** 30;
/** Bytes: fewer are decoded as fast as they are found in the cache. */
export const cachedFrom = 2 ** 23;

type Problem = Exclude<Decoded, { kind: 'pixels' }>;

export interface KeptPictures {
  /** Memory that all threads see; where there is a problem, zeros. */
  readonly bytes: Uint8Array;
  readonly problems: ReadonlyMap<number, Problem>;
}

export function sizeOf({ height, width, channels }: Decoding): number {
  return height * width * channels;
}

export function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** Decodes `count` pictures, each straight into its place. */
export async function keepPictures(
  count: number,
  decoding: Decoding,
  decode: (place: number) => Promise<Decoded>,
): Promise<KeptPictures> {
  const size = sizeOf(decoding);
  const bytes = sharedBytes(count * size);
  const problems = new Map<number, Problem>();
  await someAtATime(count, async (place) => {
    const decoded = await decode(place);
    if (decoded.kind === 'pixels') bytes.set(decoded.pixels, place * size);
    else problems.set(place, decoded);
  });
  return { bytes, problems };
}
