/** Sounds that were decoded and resampled, kept from one opening to the next. */
import { join } from 'node:path';
import { type Clip, decoderVersions } from '../audio/decode-audio.js';
import { readEntry } from './entry.js';
import { cacheFolder, touch } from './folder.js';
import { keyOf } from './key.js';
import { writeWithin } from './write-within.js';

/** A file: what it sounds like, or why it cannot be used. */
export type Heard = { readonly clip: Clip } | { readonly reason: string };

type Described = { readonly rate: number; readonly samples: number } | { readonly reason: string };

const bytesOfSample = Float32Array.BYTES_PER_ELEMENT;

/** Where the sounds of `files` at `rate` are; undefined where a file cannot be looked at. */
export async function pathOfSounds(files: readonly string[], rate: number | undefined): Promise<string | undefined> {
  const key = await keyOf(['sounds', rate ?? null, decoderVersions()], files);
  return key && join(cacheFolder(), `${key}.samples`);
}

/** Undefined where they are not there. */
export async function readSounds(path: string, count: number): Promise<Heard[] | undefined> {
  const entry = await readEntry(path);
  if (!entry) return undefined;
  const described = entry.description as readonly Described[];
  const total = described.reduce((sum, sound) => sum + ('samples' in sound ? sound.samples : 0), 0);
  if (described.length !== count || total * bytesOfSample !== entry.bytes.length) return undefined;
  await touch(path);
  const all = new Float32Array(entry.bytes.buffer);
  let at = 0;
  return described.map((sound): Heard => {
    if ('reason' in sound) return sound;
    at += sound.samples;
    return { clip: { rate: sound.rate, samples: all.subarray(at - sound.samples, at) } };
  });
}

export async function writeSounds(path: string, sounds: readonly Heard[]): Promise<void> {
  const description = sounds.map(
    (sound): Described => ('clip' in sound ? { rate: sound.clip.rate, samples: sound.clip.samples.length } : sound),
  );
  const parts = sounds.flatMap((sound) => {
    if (!('clip' in sound)) return [];
    const { buffer, byteOffset, byteLength } = sound.clip.samples;
    return [new Uint8Array(buffer, byteOffset, byteLength)];
  });
  await writeWithin({ path, description, parts });
}
