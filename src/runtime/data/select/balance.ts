/** As many examples of each class. */
import { draw } from './draw.js';
import { byClass } from './read-classes.js';

/**
 * `under` draws as many of each class as the smallest has. `over` repeats each class's examples until there are as many as
 * the largest has: all of them as often as they fit in whole, and a draw of them for the rest. Ascending.
 */
export function balanceRows(
  rows: Uint32Array,
  labels: Int32Array,
  how: 'under' | 'over',
  bits: () => number,
): Uint32Array {
  const classes = byClass(labels);
  const sizes = classes.map(({ length }) => length);
  // Not `Math.max(...)`: there may be many classes.
  const wanted = sizes.reduce((a, b) => (how === 'under' ? Math.min(a, b) : Math.max(a, b)), sizes[0] ?? 0);
  const taken = classes.flatMap((places) => {
    const whole = Math.floor(wanted / places.length);
    return [...new Array<Uint32Array>(whole).fill(places), draw(places, wanted % places.length, bits)];
  });
  const places = new Uint32Array(taken.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of taken) {
    places.set(part, at);
    at += part.length;
  }
  return places.sort().map((place) => rows[place]!);
}
