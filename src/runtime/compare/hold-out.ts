/** Settings are chosen on examples that neither train nor count in the end: a part of the training split. */

import type { Dataset } from '../data/index.js';
import { draw } from '../data/select/draw.js';
import { byClass, readClasses } from '../data/select/read-classes.js';
import { selectRows } from '../data/select/rows.js';
import { randomBits } from '../data/shuffle.js';

/** The same data set with `share` of its training examples, of each class alike, in place of its test split. */
export async function holdOut(dataset: Dataset, share: number): Promise<Dataset> {
  const rows = Uint32Array.from({ length: dataset.size('train') }, (_, i) => i);
  const labels = await readClasses(dataset, 'train', rows);
  const groups = labels ? byClass(labels) : [rows];
  const isHeld = new Uint8Array(rows.length);
  groups.forEach((places, group) => {
    const count = Math.max(1, Math.round(places.length * share));
    // Always the same examples: competitors are chosen on equal terms, whatever their seeds.
    for (const place of draw(places, count, randomBits(0x76616c69, group))) isHeld[place] = 1;
  });
  return selectRows(dataset, {
    train: { from: 'train', rows: rows.filter((row) => isHeld[row] === 0) },
    test: { from: 'train', rows: rows.filter((row) => isHeld[row] === 1) },
  });
}
