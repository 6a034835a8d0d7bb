/** Decoders for plain pictures, many times as fast on small ones as a library that can do everything. */
import type { PlainPicture } from './plain-picture.js';
import { scalingMemory } from './scale-to-cover.js';

/** What fast-png, which is JavaScript, decodes faster than a thread of libvips; and how long such a file may be. */
const smallPng = { pixels: 64 * 64, bytes: 2 ** 16 };

type Turbo = typeof import('@julusian/jpeg-turbo');
type Png = typeof import('fast-png');

export interface PlainDecoders {
  /** Which of them there are: others may decode to other bytes. */
  readonly names: readonly string[];
  /**
   * Height × width × channels; undefined where another decoder is to look at it, which also tells what is wrong with a damaged file. `lasting` says
   * that the pixels are kept, else they hold until the next call or the next scaling.
   */
  decode(bytes: Uint8Array, picture: PlainPicture, channels: number, lasting: boolean): Uint8Array | undefined;
}

let loaded: Promise<PlainDecoders> | undefined;

/** libjpeg-turbo is native: it is left out where it was not installed, or not for this system. */
export function loadPlainDecoders(): Promise<PlainDecoders> {
  loaded ??= Promise.all([
    import('fast-png'),
    import('@julusian/jpeg-turbo').then(
      // Of CommonJS.
      (module: Turbo & { default?: Turbo }) => module.default ?? module,
      () => undefined,
    ),
  ]).then(([png, turbo]) => decodersWith(png, turbo));
  return loaded;
}

function decodersWith(png: Png, turbo: Turbo | undefined): PlainDecoders {
  return {
    names: turbo ? ['fast-png 8', 'libjpeg-turbo of @julusian/jpeg-turbo 2'] : ['fast-png 8'],
    decode(bytes, picture, channels, lasting) {
      if (channels !== 3 && channels !== picture.channels) return undefined;
      if (picture.format === 'png') return decodeSmallPng(png, bytes, picture, channels);
      return turbo && decodeJpeg(turbo, bytes, picture.height * picture.width * channels, channels, lasting);
    },
  };
}

function decodeSmallPng(png: Png, bytes: Uint8Array, picture: PlainPicture, channels: number): Uint8Array | undefined {
  if (picture.height * picture.width > smallPng.pixels || bytes.length > smallPng.bytes) return undefined;
  const decoded = attempt(() => png.decode(bytes, { checkCrc: true }).data);
  if (!(decoded instanceof Uint8Array)) return undefined;
  return picture.channels === channels ? decoded : threeTimes(decoded);
}

function decodeJpeg(
  turbo: Turbo,
  bytes: Uint8Array,
  size: number,
  channels: number,
  lasting: boolean,
): Uint8Array | undefined {
  // New memory for each picture would cost more than decoding a small one.
  const to = asBuffer(lasting ? new Uint8Array(size) : scalingMemory(size));
  const format = channels === 1 ? turbo.FORMAT_GRAY : turbo.FORMAT_RGB;
  return attempt(() => turbo.decompressSync(asBuffer(bytes), to, { format }).data);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

/** Grey as red, green and blue. */
function threeTimes(grey: Uint8Array): Uint8Array {
  const pixels = new Uint8Array(3 * grey.length);
  for (let i = 0; i < pixels.length; i++) pixels[i] = grey[Math.floor(i / 3)]!;
  return pixels;
}
