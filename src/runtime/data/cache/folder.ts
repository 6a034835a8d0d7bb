/** Where decoded data is kept, and how much of it. */
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** GB, unless `EBMC_CACHE_GB` says otherwise; 0 keeps nothing. */
const keptByDefault = 10;
/** Milliseconds after which an unfinished entry is one of a run that was killed. */
const abandonedAfter = 3_600_000;

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
  const found = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const path = join(folder, name);
      const { size = 0, mtimeMs: used = 0 } = (await stat(path).catch(() => undefined)) ?? {};
      return { path, size, used, unfinished: name.endsWith('.part') };
    }),
  );
  const abandoned = found.filter(({ unfinished, used }) => unfinished && used < Date.now() - abandonedAfter);
  for (const { path } of abandoned) await rm(path, { force: true });
  const entries = found.filter((entry) => !abandoned.includes(entry));
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
