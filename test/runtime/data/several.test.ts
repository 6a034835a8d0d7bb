import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { failure, field, temporaryFolders } from '../support.js';
import { all, bytesOf, fixtures, open, warnings } from './opening.js';

const newFolder = temporaryFolders();

describe('pairs(photo: "photos/**", caption: "captions/**")', () => {
  test('files of several folders, joined by their paths; those without partners are named', async () => {
    const folder = newFolder();
    for (const name of ['photos/a', 'captions/a', 'arrays/a']) mkdirSync(join(folder, name), { recursive: true });
    for (const i of [1, 2, 3, 5]) {
      const picture = sharp({ create: { width: 2, height: 2, channels: 3, background: { r: i, g: 0, b: 0 } } });
      await picture.png().toFile(join(folder, `photos/a/${i}.png`));
    }
    for (const i of [1, 2, 3, 4]) writeFileSync(join(folder, `captions/a/${i}.txt`), `caption ${i}`);
    for (const i of [1, 2, 3]) copyFileSync(join(fixtures, 'f8.npy'), join(folder, `arrays/a/${i}.npy`));
    copyFileSync(join(fixtures, 'i1.npy'), join(folder, 'arrays/a/2.npy'));
    const args = { photo: `${folder}/photos/**`, caption: `${folder}/captions/**`, array: `${folder}/arrays` };
    const fields = [field('photo', 'Image', 2, 2, 3), field('caption', 'Class', 3), field('array', 'Tensor', 4)];
    const data = await open('pairs', args, fields);
    const { photo, caption, array } = await data.read('train', all(3));
    // The second array is of another type: the third example stands in.
    expect([0, 12, 24].map((i) => bytesOf(photo!.data)[i])).toEqual([1, 3, 3]);
    expect(Array.from(caption!.data)).toEqual([0, 2, 2]);
    expect(Array.from(array!.data.slice(0, 4))).toEqual([0, 1, 2, 3]);
    expect(warnings.map(({ code }) => code)).toEqual(['EBM4025', 'EBM4023']);
    expect(warnings[0]!.notes).toEqual(['a/4: it has no `photo`', 'a/5: it has no `caption`']);
    expect((await failure(open('pairs', { photo: args.photo }, fields))).code).toBe('EBM4005');
  });
});

describe('synthetic(count: 100)', () => {
  test('the same numbers for a seed, splits that differ, classes that can be told apart', async () => {
    const fields = [field('x', 'Image', 4, 4, 1), field('v', 'Tensor', 3), field('label', 'Class', 4)];
    const read = async (seed: number) => {
      const data = await open('synthetic', { count: 50, test: 20 }, fields, { selection: { seed } });
      return { train: await data.read('train', all(50)), test: await data.read('test', all(20)) };
    };
    const first = await read(0);
    expect(await read(0)).toEqual(first);
    expect((await read(1)).train).not.toEqual(first.train);
    expect(first.test['x']!.data.slice(0, 16)).not.toEqual(first.train['x']!.data.slice(0, 16));
    const { x, label } = first.train;
    const row = (i: number) => Array.from(x!.data.slice(16 * i, 16 * i + 16));
    const distance = (i: number, j: number) => row(i).reduce((sum, v, k) => sum + (v - row(j)[k]!) ** 2, 0);
    const same = all(50).filter((i) => i > 0 && label!.data[i] === label!.data[0]);
    const other = all(50).filter((i) => label!.data[i] !== label!.data[0]);
    expect(Math.max(...same.map((i) => distance(0, i)))).toBeLessThan(Math.min(...other.map((i) => distance(0, i))));
    expect(x!.data.every((value) => value >= 0 && value <= 1)).toBe(true);
  });
});
