/** `npz("data.npz")`, `npy(["x.npy", "y.npy"], test: [...])`: NumPy arrays; the first axis counts examples, each array is a column. */
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { type ArrayColumn, openNpy, openNpz } from '../arrays/open-arrays.js';
import type { RawData, RawSplit } from '../columns.js';
import type { Loader, SplitName } from '../dataset.js';
import { findFiles } from '../find-files.js';
import { filesArgument, testFilesArgument } from './arguments.js';

const without = 'has no array of that name';

export const npy: Loader = {
  name: 'npy',
  doc: 'NumPy arrays of numbers and words, a file a column, named as the file; the first axis counts examples.',
  example: 'npy(["x.npy", "y.npy"], split: 0.9)',
  arguments: { '0': filesArgument, test: testFilesArgument },
  async load(decl, options) {
    const files = await findFiles(decl, options, /\.npy$/i, '.npy files');
    const entries = Object.entries(files).map(async ([split, list]) => {
      const columns = await Promise.all(list.map(openNpy));
      return [split, splitOf(decl, columns.map(plainly))] as const;
    });
    return { splits: Object.fromEntries(await Promise.all(entries)), without };
  },
};

export const npz: Loader = {
  name: 'npz',
  doc: 'Archives of NumPy arrays, an array a column. Arrays that are all called `…_train` or `…_test` are splits.',
  example: 'npz("data.npz")',
  arguments: { '0': filesArgument, test: testFilesArgument },
  async load(decl, options): Promise<RawData> {
    const files = await findFiles(decl, options, /\.npz$/i, '.npz files');
    const splits: Partial<Record<SplitName, ArrayColumn[]>> = {};
    for (const [split, list] of Object.entries(files) as [SplitName, readonly string[]][]) {
      splits[split] = (await Promise.all(list.map(openNpz))).flat();
    }
    // Keras keeps `x_train`, `y_train`, `x_test` and `y_test` in one file.
    const all = splits.train ?? [];
    const isTest = ({ column }: ArrayColumn): boolean => /_(test|val)$/.test(column.name);
    const named = all.length > 0 && all.every(({ column }) => suffix.test(column.name)) && all.some(isTest);
    const divided =
      named && !splits.test ? { train: all.filter((array) => !isTest(array)), test: all.filter(isTest) } : splits;
    const entries = Object.entries(divided).map(([split, columns]) => [split, splitOf(decl, columns.map(plainly))]);
    return { splits: Object.fromEntries(entries), without };
  },
};

const suffix = /_(train|test|val)$/;

/** An array by the same name in every split. */
function plainly({ count, column }: ArrayColumn): ArrayColumn {
  return { count, column: { ...column, name: column.name.replace(suffix, '') } };
}

function splitOf(decl: DatasetDecl, arrays: readonly ArrayColumn[]): RawSplit {
  const counts = new Set(arrays.map(({ count }) => count));
  if (counts.size > 1) {
    const found = arrays.map(({ column, count }) => `\`${column.name}\` has ${count}`);
    throw new EbmcError([report('EBM4030', { dataset: decl.name, arrays: found }, { span: decl.span })]);
  }
  return { count: [...counts][0] ?? 0, columns: arrays.map(({ column }) => column) };
}
