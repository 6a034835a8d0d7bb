/** Decoded pictures of a folder, kept from one opening to the next: known by the files' names, sizes and times, and by how they are decoded. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Decoded, Decoding } from '../decode-image.js';
import { readEntry, writeEntry } from './entry.js';
import { cacheFolder, makeRoom, touch } from './folder.js';

type Kept = Exclude<Decoded, { kind: 'other size' }>;

/** What the bytes are of: pictures of one size, those at `damaged` left out. */
interface Description {
  readonly count: number;
  readonly size: number;
  readonly damaged: readonly (readonly [place: number, reason: string])[];
}

/** The pictures of `files` below `folder` as `decode` gives them, from the cache where they are there, else decoded and kept. */
export async function cachedPictures(
  folder: string,
  files: readonly string[],
  decoding: Decoding,
  decode: () => Promise<readonly Decoded[]>,
): Promise<readonly Decoded[]> {
  const path = join(cacheFolder(), `${await keyOf(folder, files, decoding)}.pixels`);
  const known = await readPictures(path, files.length, decoding);
  if (known) {
    await touch(path);
    return known;
  }
  const decoded = await decode();
  // A cache that cannot be written is no reason to stop.
  await keepPictures(path, decoded, decoding).catch(() => {});
  return decoded;
}

async function keyOf(folder: string, files: readonly string[], decoding: Decoding): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([folder, decoding]));
  const found = await Promise.all(files.map((file) => stat(join(folder, file)).catch(() => undefined)));
  for (const [i, file] of files.entries()) hash.update(JSON.stringify([file, found[i]?.size, found[i]?.mtimeMs]));
  return hash.digest('hex');
}

async function readPictures(path: string, count: number, decoding: Decoding): Promise<Kept[] | undefined> {
  const entry = await readEntry(path);
  if (!entry) return undefined;
  const description = entry.description as Description;
  const size = sizeOf(decoding);
  const damaged = new Map(description.damaged);
  const whole = (count - damaged.size) * size === entry.bytes.length;
  if (description.count !== count || description.size !== size || !whole) return undefined;
  let at = 0;
  return Array.from({ length: count }, (_, place): Kept => {
    const reason = damaged.get(place);
    if (reason !== undefined) return { kind: 'damaged', reason };
    at += size;
    return { kind: 'pixels', pixels: entry.bytes.subarray(at - size, at) };
  });
}

async function keepPictures(path: string, decoded: readonly Decoded[], decoding: Decoding): Promise<void> {
  // A folder with pictures of other sizes is refused: there is nothing to keep.
  if (decoded.some(({ kind }) => kind === 'other size')) return;
  const parts = decoded.flatMap((picture) => (picture.kind === 'pixels' ? [picture.pixels] : []));
  const size = sizeOf(decoding);
  if (!(await makeRoom(cacheFolder(), parts.length * size))) return;
  const damaged = decoded.flatMap((picture, place) =>
    picture.kind === 'damaged' ? [[place, picture.reason] as const] : [],
  );
  const description: Description = { count: decoded.length, size, damaged };
  await writeEntry(path, description, parts);
}

function sizeOf({ height, width, channels }: Decoding): number {
  return height * width * channels;
}
