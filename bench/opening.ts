/**
 * Opening a folder of JPEG files that fit in memory: decoded, and from the cache of decoded pictures, in turns in one run. `node bench/run.js opening`;
 * COUNT and ROUNDS change the files and the rounds. Wall time, and processor time of all threads.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { checkFile } from '../src/compiler/index.js';
import { openDataset } from '../src/runtime/data/index.js';
import { FileLibrary } from '../src/runtime/library.js';

const count = Number(process.env['COUNT'] ?? 4096);
const rounds = Number(process.env['ROUNDS'] ?? 3);
const folder = mkdtempSync(join(tmpdir(), 'ebmc-opening-'));
process.env['EBMC_CACHE_DIR'] = join(folder, 'cache');
try {
  mkdirSync(join(folder, 'img'));
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 60 };
  const small = { create: { width: 20, height: 15, channels: 3 as const, background: '#000', noise } };
  const base = await sharp(small).png().toBuffer();
  for (let i = 0; i < count; i++)
    await sharp(base)
      .resize(320, 240)
      .modulate({ hue: i % 360 })
      .jpeg({ quality: 90 })
      .toFile(join(folder, `img/${i}.jpg`));
  console.log(
    `${cpus()[0]?.model.trim()}, load ${loadavg()[0]!.toFixed(1)}; ${count} JPEG files of 320 × 240 as 96 × 96`,
  );
  for (let round = 0; round < rounds; round++) {
    rmSync(process.env['EBMC_CACHE_DIR'], { recursive: true, force: true });
    const [decoded, kept, cached] = [
      await opening('cache: false'),
      await opening('cache: true'),
      await opening('cache: true'),
    ];
    console.log(`decoded ${decoded}; decoded and kept ${kept}; from the cache ${cached}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

async function opening(argument: string): Promise<string> {
  const text = `dataset d = images("img/**", resize: true, test: 0, ${argument}) { x: Image[96, 96, 3] }`;
  const path = join(folder, 'd.ebm');
  const { datasets } = checkFile({ path, text }, new FileLibrary(path));
  const [start, used] = [performance.now(), process.cpuUsage()];
  const data = await openDataset(datasets[0]!, { baseDirectory: folder, strict: true, warn: () => {} });
  if (data.size('train') !== count) throw new Error(`${data.size('train')} examples`);
  const { user, system } = process.cpuUsage(used);
  return `${((performance.now() - start) / 1000).toFixed(2)} s (${((user + system) / 1e6).toFixed(2)} s of processors)`;
}
