/**
 * An entry of the cache: one file of a fixed beginning, the digest of what follows, a description in JSON and the bytes of the examples one after the
 * other. It is written beside its place and then moved there, so that runs at the same time see none or a whole one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { sharedBytes } from '../pictures/kept-pictures.js';
import { readRange } from '../read-encoded.js';

const beginning = Buffer.from('ebmc decoded 2\n\n');
const digestBytes = 32;
/** One write takes less than 2 GiB. */
const mostAtOnce = 2 ** 30;

export interface Entry {
  readonly description: unknown;
  /** Memory that all threads see. */
  readonly bytes: Uint8Array;
}

/** Undefined where there is none, or a damaged one, which is removed. */
export async function readEntry(path: string): Promise<Entry | undefined> {
  const handle = await open(path).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    const head = beginning.length + digestBytes + 4;
    const fixed = Buffer.from(await readRange(handle, 0, head));
    if (!fixed.subarray(0, beginning.length).equals(beginning)) throw new Error('it is no entry of this form');
    const length = fixed.readUInt32LE(head - 4);
    if (head + length > size) throw new Error('it is cut off');
    const description = await readRange(handle, head, length);
    const bytes = await readRange(handle, head + length, size - head - length, sharedBytes);
    const found = digestOf(description, bytes);
    if (!found.equals(fixed.subarray(beginning.length, beginning.length + digestBytes)))
      throw new Error('its bytes are not those that were written');
    return { description: JSON.parse(new TextDecoder().decode(description)) as unknown, bytes };
  } catch {
    await rm(path, { force: true });
    return undefined;
  } finally {
    await handle.close();
  }
}

/** Throws where it cannot be written; nothing is left behind then. */
export async function writeEntry(path: string, description: unknown, parts: readonly Uint8Array[]): Promise<void> {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}.part`;
  const text = Buffer.from(JSON.stringify(description));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  try {
    const handle = await open(unfinished, 'wx');
    try {
      for (const part of [beginning, digestOf(text, ...parts), length, text, ...parts]) {
        for (let done = 0; done < part.length; done += mostAtOnce)
          await handle.writeFile(part.subarray(done, done + mostAtOnce));
      }
    } finally {
      await handle.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

function digestOf(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
