/** Decoded pictures, kept from one opening to the next. */
import { join } from 'node:path';
import { type Decoding, decoderVersions, sizeOf } from '../pictures/decode-image.js';
import type { KeptPictures } from '../pictures/kept-pictures.js';
import { readEntry } from './entry.js';
import { cacheFolder, touch } from './folder.js';
import { keyOf } from './key.js';
import { type Writing, writeWithin } from './write-within.js';

/** What the bytes are of: pictures of one size, damaged ones as zeros. */
interface Description {
  readonly count: number;
  readonly size: number;
  readonly damaged: readonly (readonly [place: number, reason: string])[];
}

/** Where the pictures are that `settings` (besides the decoding) and `files` decide. */
export async function pathOfPictures(
  settings: unknown,
  files: readonly string[],
  decoding: Decoding,
): Promise<string | undefined> {
  const key = await keyOf([settings, decoding, await decoderVersions()], files);
  return key && join(cacheFolder(), `${key}.pixels`);
}

/** Undefined where they are not there. */
export async function readPictures(path: string, count: number, decoding: Decoding): Promise<KeptPictures | undefined> {
  const entry = await readEntry(path);
  const size = sizeOf(decoding);
  const description = entry?.description as Description | undefined;
  if (!entry || description?.count !== count || description.size !== size) return undefined;
  if (entry.bytes.length !== count * size) return undefined;
  await touch(path);
  const problems = new Map(description.damaged.map(([place, reason]) => [place, { kind: 'damaged', reason } as const]));
  return { bytes: entry.bytes, problems };
}

export function entryOfPictures(
  path: string,
  count: number,
  bytes: Uint8Array,
  damaged: Description['damaged'],
): Writing {
  const description: Description = { count, size: bytes.length / count, damaged };
  return { path, description, parts: [bytes] };
}

/** The pictures of `files` as `decode` gives them, from the cache where they are there, else decoded and kept. */
export async function cachedPictures(
  files: readonly string[],
  decoding: Decoding,
  decode: () => Promise<KeptPictures>,
): Promise<KeptPictures> {
  const path = await pathOfPictures('files', files, decoding);
  const known = path && (await readPictures(path, files.length, decoding));
  if (known) return known;
  const pictures = await decode();
  const problems = [...pictures.problems];
  const damaged = problems.flatMap(([place, problem]) =>
    problem.kind === 'damaged' ? [[place, problem.reason] as const] : [],
  );
  // A folder with pictures of other sizes is refused: there is nothing to keep.
  if (path && damaged.length === problems.length)
    await writeWithin(entryOfPictures(path, files.length, pictures.bytes, damaged));
  return pictures;
}
