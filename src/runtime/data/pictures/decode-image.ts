/** Decodes one picture to bytes in height, width, channels: plain ones by quick decoders, all others by sharp. */
import type { Encoded } from '../columns.js';
import { readEncoded } from '../read-encoded.js';
import { loadPlainDecoders, type PlainDecoders } from './plain-decoders.js';
import { type PlainPicture, plainPicture } from './plain-picture.js';
import { scaleToCover } from './scale-to-cover.js';

/** Pixels of the largest picture that is decoded: a few kilobytes may claim to be more than memory holds. */
const largest = 2 ** 26;

export interface Decoding {
  readonly height: number;
  readonly width: number;
  /** 1 reads grey, 3 red, green and blue, 4 also opacity. */
  readonly channels: number;
  /** Scale to cover height × width and cut off the rest around the centre. */
  readonly resize: boolean;
}

/** Bytes of a decoded picture. */
export function sizeOf({ height, width, channels }: Decoding): number {
  return height * width * channels;
}

export type Decoded =
  | { readonly kind: 'pixels'; readonly pixels: Uint8Array }
  | { readonly kind: 'other size'; readonly height: number; readonly width: number }
  | { readonly kind: 'damaged'; readonly reason: string };

/** What keeps a picture from being read. */
export type Problem = Exclude<Decoded, { kind: 'pixels' }>;

export function problemText(problem: Problem): string {
  return problem.kind === 'damaged' ? problem.reason : `it is ${problem.height} × ${problem.width}`;
}

const limits = { limitInputPixels: largest };

/** A JPEG picture so many times as large is scaled by sharp, which decodes it at an eighth. */
const muchLarger = 8;

let library: Promise<Sharp> | undefined;
type Sharp = typeof import('sharp')['default'];

/** Many small pictures are decoded at a time: threads of their own for each would cost more than they bring. */
function loadSharp(): Promise<Sharp> {
  library ??= import('sharp').then(({ default: sharp }) => {
    sharp.concurrency(1);
    // It remembers what it did to a picture, in case that is asked again: of many pictures none is.
    sharp.cache(false);
    return sharp;
  });
  return library;
}

/** Other versions may decode to other bytes. */
export async function decoderVersions(): Promise<readonly unknown[]> {
  const { versions } = await loadSharp();
  return [versions.sharp, versions.vips, (await loadPlainDecoders()).names];
}

/** Reads the header of a picture only: what `decodeImage` would say of its size; damage further on is not seen. */
export async function inspectImage(item: Encoded, decoding: Decoding): Promise<Problem | { readonly kind: 'fits' }> {
  const sharp = await loadSharp();
  try {
    const { autoOrient } = await sharp(source(item) ?? (await readEncoded(item)), limits).metadata();
    const { height, width } = autoOrient;
    if (!decoding.resize && (height !== decoding.height || width !== decoding.width))
      return { kind: 'other size', height, width };
    if (height * width > largest) return { kind: 'damaged', reason: `it claims ${height} × ${width} pixels` };
    return { kind: 'fits' };
  } catch (error) {
    return { kind: 'damaged', reason: reasonOf(error) };
  }
}

export async function decodeImage(
  item: Encoded,
  decoding: Decoding,
  read: (item: Encoded) => Uint8Array | Promise<Uint8Array> = readEncoded,
): Promise<Decoded> {
  try {
    const bytes = await read(item);
    return decodePlainly(bytes, decoding, await loadPlainDecoders()) ?? (await decodeAny(bytes, decoding));
  } catch (error) {
    return { kind: 'damaged', reason: reasonOf(error) };
  }
}

/** In one go: another picture may take the memory of the pixels before they are scaled. */
function decodePlainly(bytes: Uint8Array, decoding: Decoding, decoders: PlainDecoders): Decoded | undefined {
  const picture = plainPicture(bytes);
  if (!picture) return undefined;
  const { height, width } = picture;
  if (height * width === 0 || height * width > largest) return undefined;
  const fits = height === decoding.height && width === decoding.width;
  if (!fits && !decoding.resize) return { kind: 'other size', height, width };
  if (picture.format === 'jpeg' && timesAsLarge(picture, decoding) >= muchLarger) return undefined;
  const pixels = decoders.decode(bytes, picture, decoding.channels, fits);
  if (!pixels || fits) return pixels && { kind: 'pixels', pixels };
  return { kind: 'pixels', pixels: scaleToCover(pixels, picture, decoding, decoding.channels) };
}

function timesAsLarge(picture: PlainPicture, { height, width }: Decoding): number {
  return Math.min(picture.height / height, picture.width / width);
}

async function decodeAny(bytes: Uint8Array, { height, width, channels, resize }: Decoding): Promise<Decoded> {
  const sharp = await loadSharp();
  let picture = sharp(bytes, limits).autoOrient();
  // As plain pictures are scaled.
  if (resize) picture = picture.resize(width, height, { fit: 'cover', kernel: 'linear' });
  if (channels === 1) picture = picture.flatten().toColourspace('b-w');
  else picture = channels === 3 ? picture.flatten().toColourspace('srgb') : picture.ensureAlpha().toColourspace('srgb');
  const { data, info } = await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  if (info.height !== height || info.width !== width) {
    return { kind: 'other size', height: info.height, width: info.width };
  }
  if (info.channels !== channels) return { kind: 'damaged', reason: `it has ${info.channels} channels` };
  return { kind: 'pixels', pixels: data };
}

/** A whole file, of which sharp itself reads no more than it needs. */
function source(item: Encoded): string | undefined {
  return 'file' in item && item.length === undefined ? item.file : undefined;
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message.split('\n')[0]! : String(error);
  // libvips sometimes tells what it was asked to refuse instead of what is wrong.
  return message.includes('failOn') ? 'it is damaged or cut off' : message;
}
