/** `images("folder/**", resize: true, test: 0.2)`: pictures; the first folder below is the class where labels are declared. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { fieldType } from '../bind.js';
import type { Loader, OpenOptions } from '../dataset.js';
import { type Decoded, type Decoding, decodeImage } from '../decode-image.js';
import { filesBelow, nothingFound, requireFolder } from '../folder.js';
import { type Labelled, labelByFolder } from '../image-folders.js';
import { parseImagePattern } from '../image-pattern.js';
import { argumentError, checkArguments, pathArgument } from './arguments.js';

const namedAtMost = 10;

export const images: Loader = {
  name: 'images',
  async load(decl, options) {
    checkArguments(decl, { '0': 'string', resize: 'boolean', test: 'number' });
    const heldOut = decl.args['test'] ?? 0.2;
    if (typeof heldOut !== 'number' || !(heldOut >= 0 && heldOut < 1)) {
      throw argumentError(decl, 'argument `test`', 'has to be at least 0 and below 1');
    }
    const { folder, matches } = parseImagePattern(pathArgument(decl, options.baseDirectory));
    await requireFolder(decl, folder);
    const files = (await filesBelow(folder)).filter(matches);
    if (files.length === 0) throw nothingFound(decl, folder, 'pictures (.png, .jpg, .jpeg, .webp)');
    const decoding = wantedDecoding(decl);
    const decoded = await decodeAll(folder, files, decoding);
    refuseOtherSizes(folder, files, decoded, decoding);
    reportDamaged(files, decoded, options);
    const good = files.flatMap((path, i) => {
      const picture = decoded[i]!;
      return picture.kind === 'pixels' ? [{ path, pixels: picture.pixels }] : [];
    });
    return {
      imageShape: [decoding.height, decoding.width, decoding.channels],
      splits: collect(labelByFolder(good, heldOut)),
      withoutLabels: 'found no class folders: each picture has to lie in a folder named after its class',
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

async function decodeAll(folder: string, files: readonly string[], decoding: Decoding): Promise<Decoded[]> {
  const decoded: Decoded[] = new Array(files.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < files.length; i = next++)
      decoded[i] = await decodeImage(join(folder, files[i]!), decoding);
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
  return decoded;
}

function refuseOtherSizes(
  folder: string,
  files: readonly string[],
  decoded: readonly Decoded[],
  wanted: Decoding,
): void {
  const different = decoded.flatMap((picture, i) =>
    picture.kind === 'other size' ? [{ picture, file: files[i]! }] : [],
  );
  const first = different[0];
  if (!first) return;
  const declared = fieldType({ type: 'Image', shape: [wanted.height, wanted.width, wanted.channels] });
  const found = `${first.picture.height} × ${first.picture.width}`;
  const slots = { file: join(folder, first.file), declared, found, others: different.length - 1 };
  throw new EbmcError([report('EBM4010', slots)]);
}

function reportDamaged(files: readonly string[], decoded: readonly Decoded[], { strict, warn }: OpenOptions): void {
  const damaged = decoded.flatMap((picture, i) => (picture.kind === 'damaged' ? [{ picture, file: files[i]! }] : []));
  if (damaged.length === 0) return;
  const named = damaged.slice(0, namedAtMost);
  const slots = { count: damaged.length, total: files.length, files: named.map(({ file }) => file) };
  const notes = named.map(({ file, picture }) => `${file}: ${picture.reason}`);
  if (strict || damaged.length === files.length) throw new EbmcError([report('EBM4009', slots, { notes })]);
  warn(report('EBM4008', slots, { notes }));
}

function collect(splits: ReturnType<typeof labelByFolder<Picture>>): Awaited<ReturnType<Loader['load']>>['splits'] {
  return Object.fromEntries(Object.entries(splits).map(([name, examples]) => [name, stack(examples)]));
}

interface Picture {
  readonly path: string;
  readonly pixels: Uint8Array;
}

function stack(examples: readonly Labelled<Picture>[]): {
  count: number;
  pixels: Uint8Array;
  labels: Int32Array | undefined;
} {
  const size = examples[0]?.item.pixels.length ?? 0;
  const pixels = new Uint8Array(examples.length * size);
  examples.forEach(({ item }, row) => {
    pixels.set(item.pixels, row * size);
  });
  const labelled = examples.every(({ label }) => label !== undefined);
  return {
    count: examples.length,
    pixels,
    labels: labelled ? Int32Array.from(examples, ({ label }) => label!) : undefined,
  };
}
