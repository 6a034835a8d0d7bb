/** Sounds in files as samples of one channel in -1..1. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { resample } from './resample.js';
import { readWav, type Sound } from './wav.js';

export interface Clip {
  readonly rate: number;
  /** The mean of the channels. */
  readonly samples: Float32Array;
}

interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly sampleRate: number;
  readonly errors: readonly { readonly message: string }[];
}

const pieceBytes = 2 ** 16;

interface Decoder {
  readonly ready: Promise<void>;
  free(): void;
  decode(bytes: Uint8Array): Decoded | Promise<Decoded>;
}

interface Kind {
  readonly magic: (bytes: Uint8Array) => boolean;
  decode(bytes: Uint8Array): Promise<Sound>;
}

const starts = (bytes: Uint8Array, text: string): boolean =>
  Array.from(text).every((character, i) => bytes[i] === character.charCodeAt(0));

/** By what is in the file, whatever it is called. */
const kinds: readonly Kind[] = [
  { magic: (bytes) => starts(bytes, 'RIFF'), decode: async (bytes) => readWav(bytes) },
  {
    magic: (bytes) => starts(bytes, 'fLaC'),
    decode: async (bytes) => {
      const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
      return decodeWith(new FLACDecoder() as unknown as WholeDecoder, bytes);
    },
  },
  {
    magic: (bytes) => starts(bytes, 'OggS'),
    decode: async (bytes) => {
      const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
      return decodeWith(new OggVorbisDecoder() as unknown as WholeDecoder, bytes);
    },
  },
  {
    magic: (bytes) => starts(bytes, 'ID3') || (bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0),
    decode: async (bytes) => {
      const { MPEGDecoder } = await import('mpg123-decoder');
      return decodeInPieces(new MPEGDecoder() as unknown as Decoder, bytes);
    },
  },
];

const libraries = ['@wasm-audio-decoders/flac', '@wasm-audio-decoders/ogg-vorbis', 'mpg123-decoder'];

/** Other versions may decode to other samples. */
export function decoderVersions(): readonly string[] {
  const { resolve } = createRequire(import.meta.url);
  return libraries.map((name) => {
    const text = readFileSync(join(dirname(resolve(name)), 'package.json'), 'utf8');
    return (JSON.parse(text) as { version: string }).version;
  });
}

interface WholeDecoder extends Decoder {
  decodeFile?(bytes: Uint8Array): Promise<Decoded>;
}

async function decodeWith(decoder: WholeDecoder, bytes: Uint8Array): Promise<Sound> {
  await decoder.ready;
  hush();
  try {
    const { channelData, sampleRate, errors } = await (decoder.decodeFile?.(bytes) ?? decoder.decode(bytes));
    if (errors.length > 0) throw new Error(`it cannot be decoded: ${errors[0]!.message}`);
    return { rate: sampleRate, channels: channelData };
  } finally {
    decoder.free();
  }
}

/** So that it stops at the first error: of noise there would be thousands. */
async function decodeInPieces(decoder: Decoder, bytes: Uint8Array): Promise<Sound> {
  await decoder.ready;
  hush();
  try {
    const parts: (readonly Float32Array[])[] = [];
    let rate = 0;
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const { channelData, sampleRate, errors } = await decoder.decode(bytes.subarray(at, at + pieceBytes));
      if (errors.length > 0) throw new Error(`it cannot be decoded: ${errors[0]!.message}`);
      if (channelData[0] && channelData[0].length > 0) {
        parts.push(channelData);
        rate = sampleRate;
      }
    }
    const channels = (parts[0] ?? []).map((_, channel) => concatenated(parts.map((part) => part[channel]!)));
    return { rate, channels };
  } finally {
    decoder.free();
  }
}

function concatenated(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

let hushed = false;

/** The decoders write each error to the console as well as telling it: a message of ours names the file, once. */
function hush(): void {
  if (hushed) return;
  hushed = true;
  const say = console.error;
  console.error = (...said: unknown[]) => {
    if (!/^(mpg123-decoder|@wasm-audio-decoders)/.test(String(said[0]))) say.apply(console, said);
  };
}

/** Throws a plain error where the file cannot be used. With `rate` it is brought to that. */
export async function decodeAudio(file: string, rate?: number): Promise<Clip> {
  const bytes = await readFile(file);
  if (bytes.length === 0) throw new Error('it is empty');
  const kind = kinds.find(({ magic }) => magic(bytes));
  if (!kind) throw new Error('it is neither WAV, FLAC, Ogg nor MP3');
  const { rate: own, channels } = await kind.decode(bytes);
  const samples = mixed(channels);
  if (samples.length === 0) throw new Error('it has no samples');
  if (samples.every((x) => x === 0)) throw new Error('it is silent: every sample is 0');
  if (!samples.every(Number.isFinite)) throw new Error('it has samples that are not numbers');
  return { rate: rate ?? own, samples: rate === undefined ? samples : resample(samples, own, rate) };
}

function mixed(channels: readonly Float32Array[]): Float32Array {
  if (channels.length <= 1) return channels[0] ?? new Float32Array(0);
  return channels[0]!.map((_, i) => channels.reduce((sum, channel) => sum + channel[i]!, 0) / channels.length);
}
