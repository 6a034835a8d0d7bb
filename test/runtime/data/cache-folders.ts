/** A folder of red pictures, each of another red, and an empty cache, anew for each test. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach } from 'vitest';
import { temporaryFolders } from '../support.js';

export interface CacheFolders {
  /** Pictures of 8 × 8 are in its folder `img`, named after their red. */
  folder: string;
  cache: string;
}

export function cacheFolders(reds: readonly number[]): CacheFolders {
  const newFolder = temporaryFolders();
  const folders: CacheFolders = { folder: '', cache: '' };
  beforeEach(async () => {
    Object.assign(folders, { folder: newFolder(), cache: newFolder() });
    process.env['EBMC_CACHE_DIR'] = folders.cache;
    mkdirSync(join(folders.folder, 'img'));
    for (const r of reds) {
      const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: { r, g: 0, b: 0 } } });
      await picture.png().toFile(join(folders.folder, `img/${r}.png`));
    }
  });
  afterEach(() => {
    for (const name of ['EBMC_CACHE_DIR', 'EBMC_CACHE_GB']) delete process.env[name];
  });
  return folders;
}
