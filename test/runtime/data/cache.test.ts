import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolders } from '../support.js';
import { all, bytesOf, openText, warnings } from './opening.js';

const newFolder = temporaryFolders();
let folder: string;
let cache: string;

beforeEach(async () => {
  [folder, cache] = [newFolder(), newFolder()];
  process.env['EBMC_CACHE_DIR'] = cache;
  mkdirSync(join(folder, 'img'));
  for (const r of [1, 2, 3]) {
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: { r, g: 0, b: 0 } } });
    await picture.png().toFile(join(folder, `img/${r}.png`));
  }
  writeFileSync(join(folder, 'img/4.png'), 'no picture');
  // A time that can be set again exactly.
  for (const name of readdirSync(join(folder, 'img'))) utimesSync(join(folder, 'img', name), 1e9, 1e9);
});
afterEach(() => {
  for (const name of ['EBMC_CACHE_DIR', 'EBMC_CACHE_GB']) delete process.env[name];
});

const reds = async (more = 'cache: true'): Promise<number[]> => {
  const loader = `images("img/**", test: 0, ${more})`;
  const data = await openText(loader, 'x: Image[8, 8, 3]', { baseDirectory: folder, strict: false });
  const { x } = await data.read('train', all(data.size('train')));
  return bytesOf(x!.data).filter((_, i) => i % 192 === 0);
};

/** Other bytes, but the same name, size and time: only the cache still knows the picture. */
function replaceUnseen(file: string): void {
  const path = join(folder, 'img', file);
  const { size } = statSync(path);
  writeFileSync(path, Buffer.alloc(size));
  utimesSync(path, 1e9, 1e9);
}

test('what was decoded is found again; a file of another time or another decoding is decoded anew', async () => {
  expect(await reds()).toEqual([1, 2, 3]);
  expect(readdirSync(cache)).toHaveLength(1);
  replaceUnseen('2.png');
  expect(await reds()).toEqual([1, 2, 3]);
  // The damaged file is named each time.
  expect(warnings.map(({ code, notes }) => [code, notes?.length])).toEqual([
    ['EBM4008', 1],
    ['EBM4008', 1],
  ]);
  expect(warnings[0]!.notes).toEqual(warnings[1]!.notes);
  expect(await reds('cache: true, resize: true')).toEqual([1, 3]);
  utimesSync(join(folder, 'img/1.png'), new Date(), new Date(2e12));
  expect(await reds()).toEqual([1, 3]);
});

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, -1)],
  ['with another byte', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([255 - bytes.at(-1)!])])],
  ['empty', () => Buffer.alloc(0)],
])('an entry that is %s is noticed and made again', async (_, damage) => {
  await reds();
  const path = join(cache, readdirSync(cache)[0]!);
  const good = readFileSync(path);
  writeFileSync(path, damage(good));
  expect(await reds()).toEqual([1, 2, 3]);
  expect(readFileSync(path).equals(good)).toBe(true);
});

test('entries take no more than is allowed: those used the longest ago go', async () => {
  process.env['EBMC_CACHE_GB'] = '0';
  expect(await reds()).toEqual([1, 2, 3]);
  expect(readdirSync(cache)).toEqual([]);
  process.env['EBMC_CACHE_GB'] = '0.0000012';
  await reds();
  const [first] = readdirSync(cache);
  utimesSync(join(cache, first!), new Date(0), new Date(0));
  await reds('cache: true, resize: true');
  const left = readdirSync(cache);
  expect(left).toHaveLength(1);
  expect(left[0]).not.toBe(first);
});

test('two at once do not disturb each other; without `cache` little is not kept; a folder that cannot be written is no fault', async () => {
  expect(await reds('keep: true')).toEqual([1, 2, 3]);
  expect(readdirSync(cache)).toEqual([]);
  expect(await Promise.all([reds(), reds(), reds()])).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ]);
  expect(readdirSync(cache).map((name) => name.replace(/^\w+/, ''))).toEqual(['.pixels']);
  process.env['EBMC_CACHE_DIR'] = join(folder, 'img/1.png');
  expect(await reds()).toEqual([1, 2, 3]);
});
