/** Decodes one picture to bytes in height, width, channels by sharp. */
import type { Encoded } from './columns.js';
import { readEncoded } from './read-encoded.js';

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

export type Decoded =
  | { readonly kind: 'pixels'; readonly pixels: Uint8Array }
  | { readonly kind: 'other size'; readonly height: number; readonly width: number }
  | { readonly kind: 'damaged'; readonly reason: string };

const limits = { limitInputPixels: largest };

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
  return [versions.sharp, versions.vips];
}

/** Reads the header of a picture only: what `decodeImage` would say of its size; damage further on is not seen. */
export async function inspectImage(
  item: Encoded,
  decoding: Decoding,
): Promise<Exclude<Decoded, { kind: 'pixels' }> | { readonly kind: 'fits' }> {
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

export async function decodeImage(item: Encoded, { height, width, channels, resize }: Decoding): Promise<Decoded> {
  const sharp = await loadSharp();
  try {
    let picture = sharp(await readEncoded(item), limits).autoOrient();
    if (resize) picture = picture.resize(width, height, { fit: 'cover' });
    if (channels === 1) picture = picture.flatten().toColourspace('b-w');
    else
      picture = channels === 3 ? picture.flatten().toColourspace('srgb') : picture.ensureAlpha().toColourspace('srgb');
    const { data, info } = await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (info.height !== height || info.width !== width) {
      return { kind: 'other size', height: info.height, width: info.width };
    }
    if (info.channels !== channels) return { kind: 'damaged', reason: `it has ${info.channels} channels` };
    return { kind: 'pixels', pixels: data };
  } catch (error) {
    return { kind: 'damaged', reason: reasonOf(error) };
  }
}

/** A whole file, of which sharp itself reads no more than it needs. */
function source(item: Encoded): string | undefined {
  return 'file' in item && item.length === undefined ? item.file : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]! : String(error);
}
