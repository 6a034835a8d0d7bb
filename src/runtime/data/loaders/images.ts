/**
 * `images("folder/**", resize: true, test: 0.2, keep: true)`: pictures; the first folder below is the class where labels are declared.
 * `keep` says whether all are decoded when the data set is opened and stay in memory, or each whenever it is needed; `cache` whether what was decoded is
 * kept on disk for the next opening.
 */
import { join } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { cachedPictures } from '../cache/pictures.js';
import { classColumn, encodedFiles, sharedPixels } from '../column-sources.js';
import type { Column, Encoded, RawSplit } from '../columns.js';
import type { Loader, OpenOptions } from '../dataset.js';
import { fieldType } from '../fields/shapes.js';
import { parseFilePattern } from '../file-pattern.js';
import { filesBelow, nothingFound, requireFolder, tellOtherKinds } from '../folder.js';
import { type ByFolder, labelByFolder } from '../image-folders.js';
import { type Decoding, inspectImage, sizeOf } from '../pictures/decode-image.js';
import { cachedFrom, type KeptPictures, keepPictures, keptAtMost } from '../pictures/kept-pictures.js';
import { someAtATime } from '../some-at-a-time.js';
import {
  argumentError,
  cacheArgument,
  heldOutArgument,
  keepArgument,
  pathArgument,
  resizeArgument,
  wrongArgument,
} from './arguments.js';

const pictureName = /\.(png|jpe?g|webp)$/i;
/** What cannot be read, or not by all that decode: it is told that they are there. */
const otherPictures = /\.(bmp|gif|tiff?|heic|heif|avif|jp2|jxl|svg|dng|cr2|nef|arw)$/i;
const namedAtMost = 10;

type Seen = Awaited<ReturnType<typeof inspectImage>>;
type Problems = KeptPictures['problems'];
type Problem = Exclude<Seen, { kind: 'fits' }>;

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
      throw wrongArgument(decl, 'test', 'has to be at least 0 and below 1');
    }
    const given = pathArgument(decl, options.baseDirectory);
    const { folder, matches } = parseFilePattern(given, pictureName);
    await requireFolder(decl, folder);
    const below = await filesBelow(folder);
    const files = below.filter(matches);
    tellOtherKinds(decl, 'pictures', parseFilePattern(given, otherPictures), below, options);
    if (files.length === 0) throw nothingFound(decl, folder, 'pictures (.png, .jpg, .jpeg, .webp)');
    const decoding = wantedDecoding(decl);
    const size = sizeOf(decoding);
    const keep = decl.args['keep'] ?? files.length * size <= keptAtMost;
    const items = files.map((name): Encoded => ({ name, file: join(folder, name) }));
    const cache = keep === true && (decl.args['cache'] ?? files.length * size >= cachedFrom) === true;
    const paths = files.map((path) => join(folder, path));
    const decodeAll = (): Promise<KeptPictures> => keepPictures(items, decoding);
    const kept =
      keep !== true ? undefined : cache ? await cachedPictures(paths, decoding, decodeAll) : await decodeAll();
    const problems =
      kept?.problems ?? (await inspectAll(files.length, (place) => inspectImage(items[place]!, decoding)));
    refuseOtherSizes(folder, files, problems, decoding);
    reportDamaged(files, problems, options);
    const good = files.flatMap((path, place): Picture[] => (problems.has(place) ? [] : [{ path, place }]));
    const source = (pictures: readonly Picture[]): Column =>
      kept
        ? sharedPixels(
            kept.bytes,
            [decoding.height, decoding.width, decoding.channels],
            Uint32Array.from(pictures, ({ place }) => place),
          )
        : encodedFiles(pictures.map(({ place }) => paths[place]!));
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

async function inspectAll(count: number, look: (place: number) => Promise<Seen>): Promise<Problems> {
  const problems = new Map<number, Problem>();
  await someAtATime(count, async (place) => {
    const seen = await look(place);
    if (seen.kind !== 'fits') problems.set(place, seen);
  });
  return problems;
}

function refuseOtherSizes(folder: string, files: readonly string[], problems: Problems, wanted: Decoding): void {
  const different = inOrder(problems).flatMap(([place, problem]) =>
    problem.kind === 'other size' ? [{ problem, file: files[place]! }] : [],
  );
  const first = different[0];
  if (!first) return;
  const declared = fieldType({ type: 'Image', shape: [wanted.height, wanted.width, wanted.channels] });
  const found = `${first.problem.height} × ${first.problem.width}`;
  const slots = { file: join(folder, first.file), declared, found, others: different.length - 1 };
  throw new EbmcError([report('EBM4010', slots)]);
}

function reportDamaged(files: readonly string[], problems: Problems, { strict, warn }: OpenOptions): void {
  const damaged = inOrder(problems).flatMap(([place, problem]) =>
    problem.kind === 'damaged' ? [{ problem, file: files[place]! }] : [],
  );
  if (damaged.length === 0) return;
  const named = damaged.slice(0, namedAtMost);
  const slots = { count: damaged.length, total: files.length, files: named.map(({ file }) => file) };
  const notes = named.map(({ file, problem }) => `${file}: ${problem.reason}`);
  if (strict || damaged.length === files.length) throw new EbmcError([report('EBM4009', slots, { notes })]);
  warn(report('EBM4008', slots, { notes }));
}

function inOrder(problems: Problems): [number, Problem][] {
  return [...problems].sort(([a], [b]) => a - b);
}

interface Picture {
  readonly path: string;
  /** Among all files. */
  readonly place: number;
}

function collect(
  { splits, classes }: ByFolder<Picture>,
  source: (pictures: readonly Picture[]) => Column,
): Awaited<ReturnType<Loader['load']>>['splits'] {
  const entries = Object.entries(splits).map(([name, examples]) => {
    const labelled = examples.every(({ label }) => label !== undefined);
    const split: RawSplit = {
      count: examples.length,
      files: () => examples.map(({ item }) => item.path),
      columns: [
        source(examples.map(({ item }) => item)),
        ...(labelled
          ? [
              classColumn(
                Int32Array.from(examples, ({ label }) => label!),
                classes,
              ),
            ]
          : []),
      ],
    };
    return [name, split] as const;
  });
  return Object.fromEntries(entries);
}
