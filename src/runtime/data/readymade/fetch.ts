/** Files of a published data set: those that are there, else fetched, checked and kept. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EbmcError, report } from '../../../diagnostics/index.js';
import type { Published, PublishedFile } from './catalog.js';

/** Until the first byte. */
const patience = 30_000;
/** No file of the catalogue is larger. */
const mostBytes = 4 * 2 ** 30;

/** `EBMC_DATA_DIR`, else the user's cache. */
export function readymadeFolder(name: string): string {
  const chosen = process.env['EBMC_DATA_DIR'];
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return chosen ? join(resolve(chosen), name) : join(cache, 'ebmc', 'datasets', name);
}

/** Makes all files be in the folder. `EBMC_DATA_MIRROR` names a server that has them as NAME/FILE. */
export async function fetchFiles({ name, files }: Published, folder: string): Promise<void> {
  for (const file of files) {
    if (existsSync(join(folder, file.file))) continue;
    const mirror = process.env['EBMC_DATA_MIRROR'];
    const url = mirror ? `${mirror.replace(/\/$/, '')}/${name}/${file.file}` : file.url;
    await fetchFile({ ...file, url }, folder);
  }
}

async function fetchFile({ url, file, md5 }: PublishedFile, folder: string): Promise<void> {
  const path = join(folder, file);
  const unfinished = `${path}.${process.pid}.part`;
  const fail = (reason: string): EbmcError => new EbmcError([report('EBM4031', { url, reason, path, md5 })]);
  try {
    await mkdir(folder, { recursive: true });
    const found = await download(url, unfinished);
    if (found !== md5) throw fail(`its MD5 is ${found}`);
    await rename(unfinished, path);
  } catch (error) {
    if (error instanceof EbmcError) throw error;
    throw fail(reasonOf(error));
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** Returns the MD5 of what came. */
async function download(url: string, to: string): Promise<string> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error('no answer')), patience);
  const response = await fetch(url, { signal: controller.signal }).finally(() => clearTimeout(timer));
  if (!response.ok || !response.body)
    throw new Error(`the server says ${response.status} ${response.statusText}`.trim());
  const hash = createHash('md5');
  let bytes = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      hash.update(chunk);
      done(bytes > mostBytes ? new Error(`it has more than ${mostBytes} bytes`) : null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), watch, createWriteStream(to));
  return hash.digest('hex');
}

/** Of a file that is there. */
export async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}
