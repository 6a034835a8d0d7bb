import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { cacheFolders } from './cache-folders.js';
import { all, bytesOf, fixtures, openText, pixelsOf, warnings } from './opening.js';

const folders = cacheFolders([1, 2, 3]);
let folder: string;
let cache: string;

beforeEach(() => {
  ({ folder, cache } = folders);
  writeFileSync(join(folder, 'img/4.png'), 'no picture');
  // A time that can be set again exactly.
  for (const name of readdirSync(join(folder, 'img'))) utimesSync(join(folder, 'img', name), 1e9, 1e9);
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

/** Written by threads, while other things go on. */
async function entryWritten(): Promise<string> {
  await vi.waitFor(() => expect(readdirSync(cache).filter((name) => !name.endsWith('.part'))).toHaveLength(1), 20_000);
  return join(cache, readdirSync(cache)[0]!);
}

/** The bytes of a file's pictures are gone, but nothing that the cache knows it by. */
function emptyPictures(path: string): void {
  const bytes = readFileSync(path);
  for (let at = bytes.indexOf('\x89PNG', 0, 'latin1'); at >= 0; at = bytes.indexOf('\x89PNG', at + 1, 'latin1'))
    bytes.fill(0, at, at + 8);
  writeFileSync(path, bytes);
  utimesSync(path, 1e9, 1e9);
}

describe.each([
  { loader: 'tar', file: 'x.tar', fixture: 'shard-000.tar', count: 7 },
  { loader: 'parquet', file: 'x.parquet', fixture: 'snappy.parquet', count: 12 },
])('$loader', ({ loader, file, fixture, count }) => {
  const read = async (more = 'cache: true'): Promise<number[]> => {
    const data = await openText(`${loader}("${file}", ${more})`, 'x: Image[4, 5, 3]', {
      baseDirectory: folder,
      strict: false,
    });
    const { x } = await data.read('train', all(data.size('train')));
    return bytesOf(x!.data);
  };
  const rows = all(count).flatMap(pixelsOf);
  const path = (): string => join(folder, file);

  beforeEach(() => {
    copyFileSync(join(fixtures, fixture), path());
    utimesSync(path(), 1e9, 1e9);
  });

  test('pictures are kept once all are decoded and found again; of a changed file they are decoded anew', async () => {
    expect(await read()).toEqual(rows);
    await entryWritten();
    emptyPictures(path());
    expect(await read()).toEqual(rows);
    utimesSync(path(), 1e9, 1e9 + 1);
    await expect(read()).rejects.toThrow(/EBM4009/);
    await expect(read('cache: false')).rejects.toThrow(/EBM4009/);
  });

  test('an entry with another byte is made again; a cache that cannot be written is no fault', async () => {
    await read();
    const entry = await entryWritten();
    const good = readFileSync(entry);
    writeFileSync(entry, Buffer.concat([good.subarray(0, -1), Buffer.from([255 - good.at(-1)!])]));
    expect(await read()).toEqual(rows);
    await vi.waitFor(() => expect(readFileSync(entry).equals(good)).toBe(true), 20_000);
    process.env['EBMC_CACHE_DIR'] = path();
    expect(await read()).toEqual(rows);
  });

  test('in memory what was read once is not read again; with `keep: false` it is', async () => {
    for (const [more, again] of [
      ['cache: false', true],
      ['keep: false', false],
    ] as const) {
      copyFileSync(join(fixtures, fixture), path());
      const data = await openText(`${loader}("${file}", ${more})`, 'x: Image[4, 5, 3]', {
        baseDirectory: folder,
        strict: false,
      });
      const first = await data.read('train', [0, 1]);
      expect(bytesOf(first['x']!.data)).toEqual([0, 1].flatMap(pixelsOf));
      // Rows of Parquet stay in memory as they are stored.
      if (loader === 'parquet') continue;
      emptyPictures(path());
      const second = data.read('train', [1]);
      if (again) expect(bytesOf((await second)['x']!.data)).toEqual(pixelsOf(1));
      else await expect(second).rejects.toThrow(/EBM4009/);
    }
  });
});

describe('pictures through a join', () => {
  const opened = (sources: string, fields: string) =>
    openText(`join(${sources})`, fields, { baseDirectory: folder, strict: false });

  test('of a tar are kept on disk, those of other rows apart', async () => {
    const path = join(folder, 'x.tar');
    const ofRows = async (rows: readonly number[], isEmptied = false): Promise<number[]> => {
      const table = rows.map((v) => ({ txt: `sample ${v} ü`, v }));
      writeFileSync(join(folder, 't.json'), JSON.stringify(table));
      copyFileSync(join(fixtures, 'shard-000.tar'), path);
      utimesSync(path, 1e9, 1e9);
      if (isEmptied) emptyPictures(path);
      const sources = 't: json("t.json"), shard: tar("x.tar", cache: true), on: txt, columns: from(x: png)';
      const data = await opened(sources, 'x: Image[4, 5, 3], v: [1]');
      const { x, v } = await data.read('train', all(data.size('train')));
      expect(Array.from(v!.data)).toEqual(rows);
      return bytesOf(x!.data);
    };
    expect(await ofRows([3, 1])).toEqual([3, 1].flatMap(pixelsOf));
    await entryWritten();
    expect(await ofRows([3, 1], true)).toEqual([3, 1].flatMap(pixelsOf));
    await expect(ofRows([1, 3], true)).rejects.toThrow(/EBM4009/);
    expect(await ofRows([1, 3])).toEqual([1, 3].flatMap(pixelsOf));
    await vi.waitFor(
      () => expect(readdirSync(cache).filter((name) => name.endsWith('.pixels'))).toHaveLength(2),
      20_000,
    );
  });

  test.each([
    ['', true],
    [', keep: false', false],
  ])('that a table%s names are decoded once, or each time', async (more, isKept) => {
    const table = [1, 2, 3].map((k) => ({ k, png: `img/${k}.png` }));
    writeFileSync(join(folder, 't.json'), JSON.stringify(table));
    writeFileSync(join(folder, 'v.csv'), 'k,v\n3,30\n1,10\n');
    const sources = `v: csv("v.csv"), t: json("t.json"${more}), on: k, columns: from(x: png)`;
    const data = await opened(sources, 'x: Image[8, 8, 3], v: [1]');
    const read = async (rows: readonly number[]) => {
      const { x } = await data.read('train', rows);
      return bytesOf(x!.data).filter((_, i) => i % 192 === 0);
    };
    expect(await read([0, 1])).toEqual([3, 1]);
    replaceUnseen('3.png');
    if (isKept) expect(await read([1, 0])).toEqual([1, 3]);
    // Another example stands in for what is damaged now.
    else expect(await read([1, 0])).toEqual([1, 1]);
  });
});

describe('audio', () => {
  const sounds = 'test/runtime/fixtures/sounds';
  const samples = async (more = 'cache: true'): Promise<number[]> => {
    const loader = `audio("sounds", rate: 8000, test: 0, ${more})`;
    const data = await openText(loader, 'x: Audio[400]', { baseDirectory: folder, strict: false });
    return Array.from((await data.read('train', all(data.size('train'))))['x']!.data);
  };
  const file = (): string => join(folder, 'sounds/b.flac');

  beforeEach(() => {
    mkdirSync(join(folder, 'sounds'));
    copyFileSync(join(sounds, 'tones16.wav'), join(folder, 'sounds/a.wav'));
    copyFileSync(join(sounds, 'tones.flac'), file());
    writeFileSync(join(folder, 'sounds/c.mp3'), 'no sound');
    for (const name of readdirSync(join(folder, 'sounds'))) utimesSync(join(folder, 'sounds', name), 1e9, 1e9);
  });

  test('what was decoded and resampled is found again; of a changed file, or at another rate, it is decoded anew', async () => {
    const first = await samples();
    expect(first).toHaveLength(800);
    expect(readdirSync(cache)).toHaveLength(1);
    writeFileSync(file(), Buffer.alloc(statSync(file()).size));
    utimesSync(file(), 1e9, 1e9);
    expect(await samples()).toEqual(first);
    expect(await samples('cache: true, pad: true')).toEqual(first);
    // The damaged file is named each time.
    expect(warnings.map(({ code, notes }) => [code, notes?.length])).toEqual(Array(3).fill(['EBM4042', 1]));
    expect(await samples('cache: false')).toHaveLength(400);
    utimesSync(file(), 1e9, 2e9);
    expect(await samples()).toHaveLength(400);
  });

  test('an entry that is cut off is made again; little is not kept unless it is asked for', async () => {
    expect(await samples('pad: true')).toHaveLength(800);
    expect(readdirSync(cache)).toEqual([]);
    const first = await samples();
    const entry = join(cache, readdirSync(cache)[0]!);
    const good = readFileSync(entry);
    writeFileSync(entry, good.subarray(0, -4));
    expect(await samples()).toEqual(first);
    expect(readFileSync(entry).equals(good)).toBe(true);
    process.env['EBMC_CACHE_DIR'] = file();
    expect(await samples()).toEqual(first);
  });
});
