/** Writes an entry if the cache has room for it. */
import { dirname } from 'node:path';
import { writeEntry } from './entry.js';
import { makeRoom } from './folder.js';

export interface Writing {
  readonly path: string;
  readonly description: unknown;
  readonly bytes: Uint8Array;
}

/** A cache that cannot be written, whose disk is full or folder read-only, is no reason to stop. */
export async function writeWithin({ path, description, bytes }: Writing): Promise<void> {
  try {
    if (await makeRoom(dirname(path), bytes.length)) await writeEntry(path, description, bytes);
  } catch {}
}
