/** `split`, `filter`, `balance` and `limit` of any data set: which rows of the source are its examples. */
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import type { Dataset, SplitName } from '../dataset.js';
import { randomBits } from '../shuffle.js';
import { balanceRows } from './balance.js';
import { draw } from './draw.js';
import { filterRows } from './filter.js';
import { readClasses } from './read-classes.js';
import { type SplitRows, selectRows } from './rows.js';
import { splitRows } from './split.js';

export async function select(decl: DatasetDecl, dataset: Dataset): Promise<Dataset> {
  const { split, filter, balance, limit, seed = 0 } = decl.selection ?? {};
  if (split === undefined && filter === undefined && balance === undefined && limit === undefined) return dataset;
  let chosen: Partial<Record<SplitName, SplitRows>> = {};
  for (const name of dataset.splits) {
    const all = Uint32Array.from({ length: dataset.size(name) }, (_, row) => row);
    chosen[name] = { from: name, rows: filter ? await filterRows(decl, filter, dataset, name, all) : all };
  }
  if (split !== undefined) chosen = await splitRows(decl, dataset, chosen, split, seed);
  for (const [name, part] of Object.entries(chosen) as [SplitName, SplitRows][]) {
    let { rows } = part;
    if (balance === 'under' || (balance === 'over' && name === 'train')) {
      rows = balanceRows(rows, await labels(decl, dataset, part), balance, randomBits(seed, 2, nameNumber(name)));
    }
    if (limit !== undefined && rows.length > limit) rows = draw(rows, limit, randomBits(seed, 3, nameNumber(name)));
    if (rows.length === 0)
      throw new EbmcError([report('EBM4020', { dataset: decl.name, split: name }, { span: decl.span })]);
    chosen[name] = { ...part, rows };
  }
  return selectRows(dataset, chosen);
}

async function labels(decl: DatasetDecl, dataset: Dataset, { from, rows }: SplitRows): Promise<Int32Array> {
  const read = await readClasses(dataset, from, rows);
  if (!read) throw new EbmcError([report('EBM4021', { dataset: decl.name }, { span: decl.span })]);
  return read;
}

function nameNumber(split: SplitName): number {
  return split === 'train' ? 0 : 1;
}
