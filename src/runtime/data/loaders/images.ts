/**
 * `images("folder/**", resize: true, test: 0.2, keep: true)`: pictures; the first folder below is the class where labels are declared.
 * `keep` says whether all are decoded when the data set is opened and stay in memory, or each whenever it is needed; `cache` whether what was decoded is
 * kept on disk for the next opening.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { cachedPictures } from '../cache/pictures.js';
import { classColumn, encodedFiles, sharedPixels } from '../column-sources.js';
import type { Column, Encoded, RawSplit } from '../columns.js';
import type { Loader, LoaderArgument, OpenOptions } from '../dataset.js';
import { type Decoding, decodeImage, inspectImage } from '../decode-image.js';
import { fieldType } from '../fields/shapes.js';
import { parseFilePattern } from '../file-pattern.js';
import { filesBelow, nothingFound, requireFolder } from '../folder.js';
import { labelByFolder } from '../image-folders.js';
import { argumentError, heldOutArgument, pathArgument, resizeArgument } from './arguments.js';

const pictureName = /\.(png|jpe?g|webp)$/i;
const namedAtMost = 10;
/** Bytes: what is larger is decoded again in each epoch. */
const keptAtMost = 2 ** 30;
/** Bytes: fewer are decoded as fast as they are found in the cache. */
const cachedFrom = 2 ** 23;

type Seen = Awaited<ReturnType<typeof decodeImage | typeof inspectImage>>;

export const keepArgument: LoaderArgument = {
  kind: 'boolean',
  doc: 'Whether all pictures are decoded at once and stay in memory, or each whenever it is needed; by default as long as they take less than a GiB.',
};

export const cacheArgument: LoaderArgument = {
  kind: 'boolean',
  doc: 'Whether pictures that are decoded at once are kept on disk for the next opening, by the names, sizes and times of their files; by default from 8 MiB on.',
};

export const images: Loader = {
  name: 'images',
  doc: 'Pictures: PNG, JPEG and WebP. The first folder below is the class where a field is a `Class`; folders `train` and `test` (or `val`) are splits.',
  example: 'images("photos/**", resize: true)',
  arguments: {
    '0': { kind: 'string', doc: 'The folder, or a pattern of the files in it.' },
    resize: resizeArgument,
    test: heldOutArgument('The share of each class folder', 0.2),
    keep: keepArgument,
    cache: cacheArgument,
  },
  async load(decl, options) {
    const heldOut = decl.args['test'] ?? (decl.selection?.split === undefined ? 0.2 : 0);
    if (typeof heldOut !== 'number' || !(heldOut >= 0 && heldOut < 1)) {
      throw argumentError(decl, 'argument `test`', 'has to be at least 0 and below 1');
    }
    const { folder, matches } = parseFilePattern(pathArgument(decl, options.baseDirectory), pictureName);
    await requireFolder(decl, folder);
    const files = (await filesBelow(folder)).filter(matches);
    if (files.length === 0) throw nothingFound(decl, folder, 'pictures (.png, .jpg, .jpeg, .webp)');
    const decoding = wantedDecoding(decl);
    const size = decoding.height * decoding.width * decoding.channels;
    const keep = decl.args['keep'] ?? files.length * size <= keptAtMost;
    const look = keep === true ? decodeImage : inspectImage;
    const lookAt = <S extends Seen>(one: (item: Encoded, wanted: Decoding) => Promise<S>): Promise<S[]> =>
      lookAtAll(files, (path) => one({ name: path, file: join(folder, path) }, decoding));
    const cache = keep === true && (decl.args['cache'] ?? files.length * size >= cachedFrom) === true;
    const seen = cache
      ? await cachedPictures(folder, files, decoding, () => lookAt(decodeImage))
      : await lookAt<Seen>(look);
    refuseOtherSizes(folder, files, seen, decoding);
    reportDamaged(files, seen, options);
    const good = files.flatMap((path, i): Picture[] => {
      const picture = seen[i]!;
      if (picture.kind === 'pixels') return [{ path, pixels: picture.pixels }];
      return picture.kind === 'fits' ? [{ path, pixels: undefined }] : [];
    });
    const source = (pictures: readonly Picture[]): Column =>
      keep === true
        ? sharedPixels(stack(pictures, size), [decoding.height, decoding.width, decoding.channels])
        : encodedFiles(pictures.map(({ path }) => join(folder, path)));
    return {
      splits: collect(labelByFolder(good, heldOut), source),
      without: 'found no class folders: each picture has to lie in a folder named after its class',
    };
  },
};

function wantedDecoding(decl: DatasetDecl): Decoding {
  const field = decl.fields.find(({ type }) => type === 'Image');
  if (!field) throw argumentError(decl, 'the field list', 'needs an Image field, which says the size of the pictures');
  const [height = 0, width = 0, channels = 0] = field.shape;
  if (![1, 3, 4].includes(channels)) {
    throw argumentError(
      decl,
      `field \`${field.name}\``,
      `has ${channels} channels; pictures can be read with 1, 3 or 4`,
    );
  }
  return { height, width, channels, resize: decl.args['resize'] === true };
}

/** In the order of the files, some at a time. */
async function lookAtAll<S>(files: readonly string[], look: (file: string) => Promise<S>): Promise<S[]> {
  const seen: S[] = new Array(files.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < files.length; i = next++) seen[i] = await look(files[i]!);
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
  return seen;
}

function refuseOtherSizes(folder: string, files: readonly string[], seen: readonly Seen[], wanted: Decoding): void {
  const different = seen.flatMap((picture, i) => (picture.kind === 'other size' ? [{ picture, file: files[i]! }] : []));
  const first = different[0];
  if (!first) return;
  const declared = fieldType({ type: 'Image', shape: [wanted.height, wanted.width, wanted.channels] });
  const found = `${first.picture.height} × ${first.picture.width}`;
  const slots = { file: join(folder, first.file), declared, found, others: different.length - 1 };
  throw new EbmcError([report('EBM4010', slots)]);
}

function reportDamaged(files: readonly string[], seen: readonly Seen[], { strict, warn }: OpenOptions): void {
  const damaged = seen.flatMap((picture, i) => (picture.kind === 'damaged' ? [{ picture, file: files[i]! }] : []));
  if (damaged.length === 0) return;
  const named = damaged.slice(0, namedAtMost);
  const slots = { count: damaged.length, total: files.length, files: named.map(({ file }) => file) };
  const notes = named.map(({ file, picture }) => `${file}: ${picture.reason}`);
  if (strict || damaged.length === files.length) throw new EbmcError([report('EBM4009', slots, { notes })]);
  warn(report('EBM4008', slots, { notes }));
}

interface Picture {
  readonly path: string;
  /** Where all are kept. */
  readonly pixels: Uint8Array | undefined;
}

function collect(
  splits: ReturnType<typeof labelByFolder<Picture>>,
  source: (pictures: readonly Picture[]) => Column,
): Awaited<ReturnType<Loader['load']>>['splits'] {
  const entries = Object.entries(splits).map(([name, examples]) => {
    const labelled = examples.every(({ label }) => label !== undefined);
    const split: RawSplit = {
      count: examples.length,
      files: () => examples.map(({ item }) => item.path),
      columns: [
        source(examples.map(({ item }) => item)),
        ...(labelled ? [classColumn(Int32Array.from(examples, ({ label }) => label!))] : []),
      ],
    };
    return [name, split] as const;
  });
  return Object.fromEntries(entries);
}

/** In memory that other threads see too. */
function stack(pictures: readonly Picture[], size: number): Uint8Array {
  const all = new Uint8Array(new SharedArrayBuffer(pictures.length * size));
  pictures.forEach(({ pixels }, row) => {
    all.set(pixels!, row * size);
  });
  return all;
}
