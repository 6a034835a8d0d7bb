/** `fashion_mnist()`, `cifar10()` and the rest of the catalogue: fetched once, checked, kept; or found where they are installed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import type { ClassColumn, Column, RawData } from '../columns.js';
import type { Loader, LoaderArgument, OpenOptions } from '../dataset.js';
import { catalog, type Layout, type Published } from '../readymade/catalog.js';
import { fetchFiles, readymadeFolder } from '../readymade/fetch.js';
import { planarSplit, unlabelledSplit } from '../readymade/planar.js';
import { unpack } from '../readymade/unpack.js';
import { cacheArgument, keepArgument, resizeArgument, wrongArgument } from './arguments.js';
import { idx } from './idx.js';
import { images } from './images.js';

const unlabelledArgument: LoaderArgument = {
  kind: 'string',
  doc: '`"unlabelled"` trains on the pictures that have no classes, `"labelled"` (the default) on those that have.',
};

export const readymade: readonly Loader[] = catalog.map((published) => ({
  name: published.name,
  doc: `${published.doc} Found where a package manager put it, else fetched when first used, compared with its checksum and kept in the cache folder.`,
  example: published.layout.kind === 'pictures' ? `${published.name}(resize: true)` : `${published.name}()`,
  arguments: argumentsOf(published.layout),
  load: (decl, options) => load(published, decl, options),
}));

async function load(published: Published, decl: DatasetDecl, options: OpenOptions): Promise<RawData> {
  const { layout, files, classes } = published;
  const unlabelled = unlabelledFiles(decl, layout);
  const folder = await findFolder(published);
  if (layout.kind === 'idx') return withClasses(await idx.load({ ...decl, args: { '0': folder } }, options), classes);
  const first = layout.kind === 'pictures' ? layout.folder : layout.train[0]!;
  await unpack(folder, files[0]!, first);
  if (layout.kind === 'pictures') {
    const args = { ...decl.args, '0': `${join(folder, layout.folder)}/**` };
    return withClasses(await images.load({ ...decl, args }, options), classes);
  }
  const [train, test] = await Promise.all([
    unlabelled ? unlabelledSplit(folder, unlabelled, layout) : planarSplit(folder, layout.train, layout, classes),
    planarSplit(folder, layout.test, layout, classes),
  ]);
  const without = unlabelled
    ? 'has pictures only where it trains on those without labels'
    : 'has pictures and labels only';
  return { splits: { train, test }, without };
}

function argumentsOf(layout: Layout): Loader['arguments'] {
  if (layout.kind === 'pictures') return { resize: resizeArgument, keep: keepArgument, cache: cacheArgument };
  return layout.kind === 'planar' && layout.unlabelled ? { train: unlabelledArgument } : {};
}

/** `train: "unlabelled"`. */
function unlabelledFiles(decl: DatasetDecl, layout: Layout): readonly string[] | undefined {
  const { train } = decl.args;
  if (layout.kind !== 'planar' || train === undefined || train === 'labelled') return undefined;
  if (train === 'unlabelled') return layout.unlabelled;
  throw wrongArgument(decl, 'train', 'has to be "labelled" or "unlabelled"');
}

/** Where a package manager put it, else the cache, filled. */
async function findFolder(published: Published): Promise<string> {
  const installed = published.installed?.find((folder) => existsSync(folder));
  if (installed !== undefined) return installed;
  const folder = readymadeFolder(published.name);
  const { layout } = published;
  const unpacked = layout.kind === 'pictures' ? layout.folder : layout.kind === 'planar' ? layout.train[0] : undefined;
  if (unpacked === undefined || !existsSync(join(folder, unpacked))) await fetchFiles(published, folder);
  return folder;
}

function withClasses(data: RawData, names: readonly string[]): RawData {
  const named = (column: Column): Column =>
    column.kind === 'class' ? ({ ...column, names } satisfies ClassColumn) : column;
  const splits = Object.entries(data.splits).map(([name, split]) => [
    name,
    { ...split, columns: split.columns.map(named) },
  ]);
  return { ...data, splits: Object.fromEntries(splits) };
}
