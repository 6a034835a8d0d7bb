/** What is said between the main thread and the threads that assemble batches. */
import type { Writing } from '../cache/write-within.js';
import type { Encoded } from '../columns.js';
import type { Decoding, Problem } from '../pictures/decode-image.js';

/**
 * Pictures to decode, or rows of bytes that all threads see, where `fill` decodes the missing ones first; values in 0..1 come back, one example
 * after the other. `store` writes an entry of the cache.
 */
export type Work =
  | { readonly kind: 'decode'; readonly items: readonly Encoded[]; readonly decoding: Decoding }
  | { readonly kind: 'gather'; readonly bytes: Uint8Array; readonly size: number; readonly indices: Uint32Array }
  | {
      readonly kind: 'fill';
      readonly bytes: Uint8Array;
      readonly indices: Uint32Array;
      /** The rows that `items` are. */
      readonly missing: Uint32Array;
      readonly items: readonly Encoded[];
      readonly decoding: Decoding;
    }
  | { readonly kind: 'store'; readonly writing: Writing };

export interface Request {
  readonly id: number;
  readonly work: Work;
}

/** An item that could not be read, by its place among those asked for. */
export interface BadItem {
  readonly place: number;
  readonly name: string;
  readonly problem: Problem;
}

export interface Assembled {
  readonly values: Float32Array;
  /** Their values are 0. */
  readonly bad: readonly BadItem[];
}

export type Answer =
  | ({ readonly id: number } & Assembled)
  /** Of the thread itself. */
  | { readonly id: number; readonly fault: string };
