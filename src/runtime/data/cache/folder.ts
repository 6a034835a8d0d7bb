/** Where decoded data is kept, and how much of it. */
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** GB, unless `EBMC_CACHE_GB` says otherwise; 0 keeps nothing. */
const keptByDefault = 10;

/** `EBMC_CACHE_DIR`, else the user's cache. */
export function cacheFolder(): string {
  const chosen = process.env['EBMC_CACHE_DIR'];
  return chosen ? resolve(chosen) : join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ebmc', 'decoded');
}

/** Bytes that all entries together may take. */
export function cacheLimit(): number {
  const said = Number(process.env['EBMC_CACHE_GB'] || keptByDefault);
  return Number.isFinite(said) && said >= 0 ? said * 1e9 : keptByDefault * 1e9;
}

/** Makes room for `bytes` more by removing the entries that were used the longest ago; false where they never fit. */
export async function makeRoom(folder: string, bytes: number): Promise<boolean> {
  const limit = cacheLimit();
  if (bytes > limit) return false;
  await mkdir(folder, { recursive: true });
  const entries = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      return { path, size: found?.size ?? 0, used: found?.mtimeMs ?? 0 };
    }),
  );
  let total = entries.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of entries.sort((a, b) => a.used - b.used)) {
    if (total + bytes <= limit) break;
    await rm(path, { force: true });
    total -= size;
  }
  return true;
}

/** The entry was used just now. */
export async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}
