/** Draws without replacement. */
import { shuffleInPlace } from '../shuffle.js';

/** `count` of the rows, each set of so many equally likely, in the order they had. */
export function draw(rows: Uint32Array, count: number, bits: () => number): Uint32Array {
  const places = shuffleInPlace(
    Uint32Array.from({ length: rows.length }, (_, i) => i),
    bits,
  );
  return places
    .subarray(0, count)
    .slice()
    .sort()
    .map((place) => rows[place]!);
}
