import type { Dataset } from '../data/index.js';
import { readLabels } from './subject.js';
import { stratifiedSubset } from './subsets.js';

/**
 * The data set with a share of its training examples, drawn class by class: those that `linearProbe` gets with the same share and seed, so that fine-tuning
 * and probing see the same labels. Undefined where there are no labels.
 */
export async function labelledSubset(dataset: Dataset, share: number, seed: number): Promise<Dataset | undefined> {
  const labels = await readLabels(dataset);
  if (!labels) return undefined;
  const chosen = stratifiedSubset(labels.train, share, seed);
  return {
    name: dataset.name,
    fields: dataset.fields,
    splits: dataset.splits,
    ...(dataset.classNames ? { classNames: dataset.classNames } : {}),
    damaged: () => dataset.damaged?.() ?? [],
    size: (split) => (split === 'train' ? chosen.length : dataset.size(split)),
    read: (split, indices, fields, draw) =>
      dataset.read(split, split === 'train' ? Uint32Array.from(indices, (i) => chosen[i]!) : indices, fields, draw),
  };
}
