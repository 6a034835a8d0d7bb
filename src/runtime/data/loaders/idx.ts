/** `idx("folder")`: the four files of MNIST and its relatives, plain or gzip. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { classColumn, keptPixels } from '../column-sources.js';
import type { RawSplit } from '../columns.js';
import type { Loader } from '../dataset.js';
import { nothingFound, requireFolder } from '../folder.js';
import { readIdxFile } from '../idx-file.js';
import { pathArgument } from './arguments.js';

export const idx: Loader = {
  name: 'idx',
  doc: 'The four files of MNIST and its relatives in one folder, plain or gzip.',
  example: 'idx("data/mnist")',
  arguments: { '0': { kind: 'string', doc: 'The folder.' } },
  async load(decl, { baseDirectory }) {
    const folder = pathArgument(decl, baseDirectory);
    await requireFolder(decl, folder);
    const names = new Set(await readdir(folder));
    const [train, test] = await Promise.all([readSplit(folder, names, 'train'), readSplit(folder, names, 't10k')]);
    if (!train) throw nothingFound(decl, folder, 'train-images-idx3-ubyte or train-images-idx3-ubyte.gz');
    if (test) requireEqualSizes(decl, train, test);
    return {
      splits: { train: train.split, ...(test ? { test: test.split } : {}) },
      without: 'found no file of labels beside the images',
    };
  },
};

interface IdxSplit {
  readonly size: readonly [number, number];
  readonly split: RawSplit;
}

async function readSplit(folder: string, names: ReadonlySet<string>, prefix: string): Promise<IdxSplit | undefined> {
  const imageFile = findFile(names, `${prefix}-images`, 3);
  if (!imageFile) return undefined;
  const images = await readIdxFile(join(folder, imageFile), 3);
  const [count = 0, height = 0, width = 0] = images.shape;
  const labelFile = findFile(names, `${prefix}-labels`, 1);
  const labels = labelFile ? await readIdxFile(join(folder, labelFile), 1) : undefined;
  if (labels && labels.shape[0] !== count) {
    const slots = { images: join(folder, imageFile), labels: join(folder, labelFile!), imageCount: count };
    throw new EbmcError([report('EBM4016', { ...slots, labelCount: labels.shape[0] ?? 0 })]);
  }
  return {
    size: [height, width],
    split: {
      count,
      columns: [keptPixels(images.data, [height, width, 1]), ...(labels ? [classColumn(labels.data)] : [])],
    },
  };
}

/** Both spellings in use: `train-images-idx3-ubyte` and `train-images.idx3-ubyte`, each with or without `.gz`. */
function findFile(names: ReadonlySet<string>, stem: string, dimensions: number): string | undefined {
  const spellings = ['-', '.'].map((joint) => `${stem}${joint}idx${dimensions}-ubyte`);
  return spellings.flatMap((name) => [name, `${name}.gz`]).find((name) => names.has(name));
}

function requireEqualSizes(decl: DatasetDecl, train: IdxSplit, test: IdxSplit): void {
  if (train.size.every((size, axis) => size === test.size[axis])) return;
  const shape = ({ size }: IdxSplit): string => `Image[${size[0]}, ${size[1]}, 1]`;
  const slots = {
    dataset: decl.name,
    field: 'images',
    declared: `${shape(train)} in train`,
    actual: `${shape(test)} in test`,
  };
  throw new EbmcError([report('EBM4003', slots, { span: decl.span })]);
}
