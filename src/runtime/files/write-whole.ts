/** Files that appear complete or not at all. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeError } from './file-errors.js';
import { makeFolder } from './make-folder.js';

export const temporaryEnding = '.partial';

/**
 * Writes under a temporary name, flushes to the disk, then renames: a reader finds the old file or the new one, whole.
 * Makes the folder if need be.
 */
export function writeWhole(path: string, content: string | readonly Uint8Array[]): void {
  const temporary = path + temporaryEnding;
  try {
    makeFolder(dirname(path));
    const file = openSync(temporary, 'w');
    try {
      for (const chunk of typeof content === 'string' ? [content] : content) writeFileSync(file, chunk);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeIfThere(temporary);
    throw writeError(path, error);
  }
  syncFolder(dirname(path));
}

function removeIfThere(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The fault that is being reported is in the way here too.
  }
}

/** Makes a rename itself durable, where the system lets folders be opened. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows and some network file systems refuse; the rename is still atomic.
  }
}
