/** Makes a folder and those above it. Node's own `recursive` never returns where the system answers ENOENT, as in /proc. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export function makeFolder(path: string): void {
  const absolute = resolve(path);
  if (statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(absolute) !== absolute) makeFolder(dirname(absolute));
  try {
    mkdirSync(absolute);
  } catch (error) {
    // Another process may have made it in the meantime.
    if (!statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
