/** Where the pictures of a split are: in memory, or in files that are decoded when they are needed. */
import { unitRows } from './bytes.js';
import type { Decoding } from './decode-image.js';
import { BatchPool, decodingThreads } from './workers/pool.js';

export interface PixelSource {
  /** The pictures at `indices`, values in 0..1, one after the other. */
  read(indices: ArrayLike<number>): Promise<Float32Array>;
}

/** Small pictures in memory, gathered on the spot: `size` bytes each. */
export function keptPixels(bytes: Uint8Array, size: number): PixelSource {
  return {
    read: async (indices) => unitRows(bytes, size, indices),
  };
}

/** Pictures in memory that all threads see, gathered by another thread. */
export function sharedPixels(bytes: Uint8Array, size: number): PixelSource {
  const pool = new BatchPool(1);
  return {
    read: (indices) => pool.run({ kind: 'gather', bytes, size, indices: Uint32Array.from(indices) }),
  };
}

/** Pictures in files, decoded by other threads. */
export function decodedFiles(files: readonly string[], decoding: Decoding): PixelSource {
  const pool = new BatchPool(decodingThreads());
  return {
    read: (indices) => pool.run({ kind: 'decode', files: Array.from(indices, (index) => files[index]!), decoding }),
  };
}
