/** What is said between the main thread and the threads that assemble batches. */
import type { Decoding } from '../decode-image.js';

/** Pictures to decode, or rows of bytes that all threads see; values in 0..1 come back, one example after the other. */
export type Work =
  | { readonly kind: 'decode'; readonly files: readonly string[]; readonly decoding: Decoding }
  | { readonly kind: 'gather'; readonly bytes: Uint8Array; readonly size: number; readonly indices: Uint32Array };

export interface Request {
  readonly id: number;
  readonly work: Work;
}

export type Answer =
  | { readonly id: number; readonly values: Float32Array }
  | { readonly id: number; readonly failure: { readonly file: string; readonly reason: string } };
