/** `split: 0.9`: that share of the examples for training, the rest for testing; of each class alike where there are classes. */
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import type { Dataset, SplitName } from '../dataset.js';
import { randomBits } from '../shuffle.js';
import { draw } from './draw.js';
import { byClass, readClasses } from './read-classes.js';
import type { SplitRows } from './rows.js';

export async function splitRows(
  decl: DatasetDecl,
  dataset: Dataset,
  chosen: Readonly<Partial<Record<SplitName, SplitRows>>>,
  share: number,
  seed: number,
): Promise<Partial<Record<SplitName, SplitRows>>> {
  const [only, ...others] = Object.values(chosen);
  if (!only || others.length > 0) {
    const slots = { dataset: decl.name, known: dataset.splits };
    throw new EbmcError([report('EBM4019', slots, { span: decl.span })]);
  }
  const { from, rows } = only;
  const labels = await readClasses(dataset, from, rows);
  const train = new Uint8Array(rows.length);
  const groups = labels ? byClass(labels) : [Uint32Array.from(rows.keys())];
  groups.forEach((places, number) => {
    for (const place of draw(places, Math.round(places.length * share), randomBits(seed, 1, number))) train[place] = 1;
  });
  return {
    train: { from, rows: rows.filter((_, place) => train[place] === 1) },
    test: { from, rows: rows.filter((_, place) => train[place] === 0) },
  };
}
