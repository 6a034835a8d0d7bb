/** A disk that is full, a folder that is read-only: the data is read all the same, and nothing is left behind. */
import { readdirSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { cacheFolders } from './cache-folders.js';
import { all, bytesOf, openText, warnings } from './opening.js';

const fault = vi.hoisted(() => ({ code: '', written: 0 }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const failure = (code: string): Error => Object.assign(new Error(code), { code });
  const open = async (path: string, flags?: string): Promise<FileHandle> => {
    if (flags === 'wx' && fault.code === 'EROFS') throw failure('EROFS');
    const handle = await real.open(path, flags);
    if (flags !== 'wx' || fault.code === '') return handle;
    const write = handle.writeFile.bind(handle);
    // Some of it still fits.
    handle.writeFile = async (data) => {
      if (++fault.written > 3) throw failure(fault.code);
      await write(data);
    };
    return handle;
  };
  return { ...real, open, default: { ...real, open } };
});

const folders = cacheFolders([7]);

const read = async (): Promise<number[]> => {
  const data = await openText('images("img/**", test: 0, cache: true)', 'x: Image[8, 8, 3]', {
    baseDirectory: folders.folder,
    strict: true,
  });
  return bytesOf((await data.read('train', all(1)))['x']!.data).slice(0, 3);
};

test.each(['ENOSPC', 'EROFS'])('%s', async (code) => {
  [fault.code, fault.written] = [code, 0];
  expect(await read()).toEqual([7, 0, 0]);
  expect(fault.written > 0).toBe(code === 'ENOSPC');
  expect([readdirSync(folders.cache), warnings]).toEqual([[], []]);
  fault.code = '';
  await read();
  expect(readdirSync(folders.cache)).toHaveLength(1);
});
