/** Pictures as Pillow decodes them and torchvision scales them: plain ones by quick decoders, others by sharp; damaged ones are found. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Decoding, decodeImage } from '../../../src/runtime/data/pictures/decode-image.js';
import { loadPlainDecoders } from '../../../src/runtime/data/pictures/plain-decoders.js';
import { plainPicture } from '../../../src/runtime/data/pictures/plain-picture.js';
import { scaleToCover } from '../../../src/runtime/data/pictures/scale-to-cover.js';

interface Reference {
  readonly files: readonly {
    readonly name: string;
    readonly file: string;
    readonly height: number;
    readonly width: number;
    readonly colours: string;
    readonly grey?: string;
  }[];
  readonly covered: readonly {
    readonly height: number;
    readonly width: number;
    readonly channels: number;
    readonly size: number;
    readonly pixels: string;
    readonly out: string;
  }[];
}

const reference = JSON.parse(readFileSync('test/reference/fixtures/pictures.json', 'utf8')) as Reference;
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const fileOf = (name: string): Uint8Array => bytes(reference.files.find((file) => file.name === name)!.file);

function differences(a: Uint8Array, b: Uint8Array): { mean: number; largest: number } {
  expect(a.length).toBe(b.length);
  const all = Array.from(a, (value, i) => Math.abs(value - b[i]!));
  return { mean: all.reduce((sum, value) => sum + value, 0) / all.length, largest: Math.max(...all) };
}

/** Of JPEG, whose quick transform rounds otherwise, a few steps; else none. */
function expectSame(name: string, a: Uint8Array, b: Uint8Array): void {
  const { mean, largest } = differences(a, b);
  expect(mean).toBeLessThanOrEqual(name.endsWith('.jpg') ? 3 : 0);
  expect(largest).toBeLessThanOrEqual(name.endsWith('.jpg') ? 12 : 0);
}

async function pixelsOf(file: Uint8Array, decoding: Decoding): Promise<Uint8Array> {
  const decoded = await decodeImage({ name: 'x', bytes: file }, decoding);
  if (decoded.kind !== 'pixels') throw new Error(JSON.stringify(decoded));
  return decoded.pixels;
}

test.each(reference.files)('$name', async ({ name, file, height, width, colours, grey }) => {
  const inColours = await pixelsOf(bytes(file), { height, width, channels: 3, resize: false });
  expectSame(name, inColours, bytes(colours));
  if (grey === undefined) return;
  const inGrey = await pixelsOf(bytes(file), { height, width, channels: 1, resize: false });
  expectSame(name, inGrey, bytes(grey));
});

test('which of them are plain', () => {
  const plain = reference.files.flatMap(({ name, file }) => {
    const picture = plainPicture(bytes(file));
    return picture ? [`${name} ${picture.height} × ${picture.width} × ${picture.channels}`] : [];
  });
  expect(plain).toEqual([
    'colours.jpg 24 × 36 × 3',
    'fine.jpg 24 × 36 × 3',
    'progressive.jpg 24 × 36 × 3',
    'grey.jpg 24 × 36 × 1',
    'upright.jpg 24 × 36 × 3',
    'colours.png 24 × 36 × 3',
    'grey.png 24 × 36 × 1',
    'large.png 70 × 72 × 3',
  ]);
});

test('the native decoder is there', async () => {
  expect((await loadPlainDecoders()).names).toHaveLength(2);
});

test('a header that ends anywhere is no plain picture, nor is noise', () => {
  for (const { file } of reference.files) {
    const whole = bytes(file);
    for (let length = 0; length < 40; length++) expect(plainPicture(whole.subarray(0, length))).toBe(undefined);
  }
  expect(plainPicture(new Uint8Array(1000).fill(255))).toBe(undefined);
});

test.each(reference.covered)(
  '$height × $width × $channels covers $size',
  ({ height, width, channels, size, pixels, out }) => {
    const scaled = scaleToCover(bytes(pixels), { height, width }, { height: size, width: size }, channels);
    expect(differences(scaled, bytes(out)).largest).toBeLessThanOrEqual(1);
  },
);

test('sharp scales alike', async () => {
  // A profile of colours makes it sharp's; sRGB's own changes next to nothing.
  const { default: sharp } = await import('sharp');
  const decoding = { height: 8, width: 8, channels: 3, resize: true };
  const tagged = await sharp(fileOf('colours.png')).withIccProfile('srgb').png().toBuffer();
  expect(plainPicture(tagged)).toBe(undefined);
  const { mean } = differences(await pixelsOf(tagged, decoding), await pixelsOf(fileOf('colours.png'), decoding));
  expect(mean).toBeLessThan(1);
});

test('many at once are as one after the other', async () => {
  const decodings = [5, 9, 24, 33].flatMap((size) =>
    reference.files.map(({ file }) => ({
      file: bytes(file),
      decoding: { height: size, width: size, channels: 3, resize: true },
    })),
  );
  const alone: Uint8Array[] = [];
  for (const { file, decoding } of decodings) alone.push(await pixelsOf(file, decoding));
  const together = await Promise.all(decodings.map(({ file, decoding }) => pixelsOf(file, decoding)));
  expect(together.map((pixels) => Buffer.from(pixels).toString('base64'))).toEqual(
    alone.map((pixels) => Buffer.from(pixels).toString('base64')),
  );
});

test.each(['colours.jpg', 'progressive.jpg', 'grey.jpg', 'colours.png', 'large.png'])('%s is damaged', async (name) => {
  const whole = fileOf(name);
  const broken = [whole.subarray(0, whole.length >> 1), whole.subarray(0, whole.length - 20)];
  if (name.endsWith('.png')) {
    // JPEG has no sums that would tell.
    const changed = whole.slice();
    changed[Math.floor(whole.length * 0.7)]! ^= 0xff;
    broken.push(changed);
  }
  const [height, width] = name === 'large.png' ? [70, 72] : [24, 36];
  for (const bytes of broken) {
    for (const resize of [false, true]) {
      const decoded = await decodeImage({ name, bytes }, { height, width, channels: 3, resize });
      expect(decoded.kind).toBe('damaged');
    }
  }
});
