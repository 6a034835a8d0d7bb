/** Windows of clips: in training at a place drawn for each clip in each epoch, else in the middle. */
import type { Draw } from '../columns.js';
import { randomBits } from '../shuffle.js';

/** Writes `size` samples of a clip at least that long into `to`, from place `at` on. */
export function writeWindow(
  samples: Float32Array,
  size: number,
  row: number,
  draw: Draw | undefined,
  to: Float32Array,
  at: number,
): void {
  const places = samples.length - size + 1;
  // 2^-32 parts of a place more or less likely is nothing that can be heard.
  const from = draw
    ? Math.floor((randomBits(0x77696e64, draw.seed, draw.epoch, row)() / 2 ** 32) * places)
    : Math.floor((places - 1) / 2);
  to.set(samples.subarray(from, from + size), at);
}
