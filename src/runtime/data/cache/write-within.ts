/** Writes an entry if the cache has room for it. */
import { dirname } from 'node:path';
import { writeEntry } from './entry.js';
import { makeRoom } from './folder.js';

export interface Writing {
  readonly path: string;
  readonly description: unknown;
  readonly parts: readonly Uint8Array[];
}

/** A cache that cannot be written, whose disk is full or folder read-only, is no reason to stop. */
export async function writeWithin({ path, description, parts }: Writing): Promise<void> {
  try {
    const bytes = parts.reduce((sum, { length }) => sum + length, 0);
    if (await makeRoom(dirname(path), bytes)) await writeEntry(path, description, parts);
  } catch {}
}
