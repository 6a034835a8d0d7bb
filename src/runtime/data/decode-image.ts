/** Decodes one picture file to bytes in height, width, channels by sharp. */
import { readFile } from 'node:fs/promises';

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

/** Reads the header of a picture only: what `decodeImage` would say of its size; damage further on is not seen. */
export async function inspectImage(
  file: string,
  decoding: Decoding,
): Promise<Exclude<Decoded, { kind: 'pixels' }> | { readonly kind: 'fits' }> {
  const { default: sharp } = await import('sharp');
  try {
    const { autoOrient } = await sharp(file).metadata();
    const { height, width } = autoOrient;
    if (!decoding.resize && (height !== decoding.height || width !== decoding.width))
      return { kind: 'other size', height, width };
    return { kind: 'fits' };
  } catch (error) {
    return { kind: 'damaged', reason: reasonOf(error) };
  }
}

export async function decodeImage(file: string, { height, width, channels, resize }: Decoding): Promise<Decoded> {
  const { default: sharp } = await import('sharp');
  try {
    let picture = sharp(await readFile(file)).autoOrient();
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

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.split('\n')[0]! : String(error);
}
