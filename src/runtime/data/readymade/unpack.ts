/** Unpacks a published archive beside itself, once. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { readError } from '../read-error.js';
import type { PublishedFile } from './catalog.js';
import { md5Of } from './fetch.js';

/** `wanted`: a file or folder that is there when it is unpacked. An archive that was put there by hand is checked first. */
export async function unpack(folder: string, { file, md5, url }: PublishedFile, wanted: string): Promise<void> {
  if (existsSync(join(folder, wanted))) return;
  const path = join(folder, file);
  const found = await md5Of(path);
  if (found !== md5)
    throw new EbmcError([report('EBM4031', { url, reason: `the MD5 of ${path} is ${found}`, path, md5 })]);
  const unfinished = await mkdtemp(join(folder, 'unpacking-'));
  try {
    // Links and whatever leaves the folder are refused by `tar` itself.
    const { extract } = await import('tar');
    await extract({
      file: path,
      cwd: unfinished,
      strict: true,
      filter: (_, entry) => !/Link/.test('type' in entry ? entry.type : ''),
    });
    for (const name of await readdir(unfinished)) {
      await rm(join(folder, name), { recursive: true, force: true });
      await rename(join(unfinished, name), join(folder, name));
    }
  } catch (error) {
    throw readError(path, error);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
