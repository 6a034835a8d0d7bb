/** Files that appear complete or not at all. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writing } from './file-errors.js';

export const temporaryEnding = '.partial';

/** Writes under a temporary name, flushes to the disk, then renames: a reader finds the old file or the new one, whole. */
export async function writeWhole(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const temporary = path + temporaryEnding;
  await writing(path, async () => {
    try {
      const file = await open(temporary, 'w');
      try {
        for (const chunk of chunks) await file.writeFile(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    await syncFolder(dirname(path));
  });
}

/** Makes a rename itself durable, where the system lets folders be opened. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // Windows and some network file systems refuse; the rename is still atomic.
  }
}
