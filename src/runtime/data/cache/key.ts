/** What decides the bytes of an entry: files by their sizes and times, the settings, and the versions of what decodes. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';

/** A name for it; undefined where a file cannot be looked at, whose entry nobody could trust. */
export async function keyOf(settings: unknown, files: readonly string[]): Promise<string | undefined> {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  if (found.includes(undefined)) return undefined;
  for (const [i, file] of files.entries()) hash.update(JSON.stringify([file, found[i]!.size, found[i]!.mtimeMs]));
  return hash.digest('hex');
}
