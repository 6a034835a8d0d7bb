import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failure, field, temporaryFolders } from '../support.js';
import { all, bytesOf, fixtures, open, pixelsOf } from './opening.js';

const newFolder = temporaryFolders();

describe('npz("file.npz"), written by numpy', () => {
  test('pictures, labels, numbers and words, stored and compressed', async () => {
    for (const name of ['plain', 'packed']) {
      const args = { '0': join(fixtures, `${name}.npz`) };
      const data = await open('npz', args, [field('images', 'Image', 4, 5, 3), field('labels', 'Class', 3)]);
      const { images, labels } = await data.read('train', [11, 2]);
      expect(bytesOf(images!.data)).toEqual([...pixelsOf(11), ...pixelsOf(2)]);
      expect(Array.from(labels!.data)).toEqual([2, 2]);
    }
    const fields = [field('grey', 'Image', 4, 5, 1), field('x', 'Tensor', 2), field('words', 'Class', 3)];
    const data = await open('npz', { '0': join(fixtures, 'plain.npz') }, fields);
    const { grey, x, words } = await data.read('train', all(12));
    expect(bytesOf(grey!.data.slice(0, 20))).toEqual(pixelsOf(0).filter((_, i) => i % 3 === 0));
    expect(x!.data[1]).toBeCloseTo(-1 + 2 / 23, 6);
    expect(Array.from(words!.data)).toEqual(all(12).map((i) => i % 3));
    expect(data.classNames?.get('words')).toEqual(['cat', 'dog', 'owl']);
  });

  test('x_train, y_train, x_test, y_test are splits', async () => {
    const fields = [field('x', 'Image', 4, 5, 3), field('y', 'Class', 3)];
    const data = await open('npz', { '0': join(fixtures, 'keras.npz') }, fields);
    expect([data.size('train'), data.size('test')]).toEqual([8, 4]);
    expect(bytesOf((await data.read('test', [1]))['x']!.data)).toEqual(pixelsOf(9));
  });

  test('what does not fit', async () => {
    const args = { '0': join(fixtures, 'plain.npz') };
    const shape = await failure(open('npz', args, [field('images', 'Image', 4, 5, 1)]));
    expect(shape.message).toContain('is declared as Image[4, 5, 1], but the data is [4, 5, 3]');
    const name = await failure(open('npz', args, [field('image', 'Image', 4, 5, 3)]));
    expect([name.code, name.help[0]]).toEqual(['EBM4012', 'did you mean `images`?']);
    expect((await failure(open('npz', args, [field('images', 'Class', 3)]))).code).toBe('EBM4003');
  });
});

describe('npy("file.npy"), written by numpy', () => {
  test('every plain type, both byte orders', async () => {
    for (const name of ['f2', 'f4-big', 'f8', 'i1', 'i2-big', 'u2', 'i4', 'u4', 'i8']) {
      const data = await open('npy', { '0': join(fixtures, `${name}.npy`) }, [field('x', 'Tensor', 1)]);
      expect([name, ...(await data.read('train', [3, 1, 0]))['x']!.data]).toEqual([name, 3, 1, 0]);
    }
  });

  test('pickles, Fortran order, cut off, no array, empty', async () => {
    const reason = async (file: string) =>
      (await failure(open('npy', { '0': file }, [field('x', 'Tensor', 2)]))).message.replace(/^.*?: /, '');
    expect(await reason(join(fixtures, 'objects.npy'))).toMatch(/Python objects/);
    expect(await reason(join(fixtures, 'fortran.npy'))).toMatch(/Fortran order/);
    const whole = readFileSync(join(fixtures, 'f8.npy'));
    const write = (bytes: Uint8Array): string => {
      const file = join(newFolder(), 'x.npy');
      writeFileSync(file, bytes);
      return file;
    };
    expect(await reason(write(whole.subarray(0, whole.length - 3)))).toBe('array x should have 160 bytes and has 157');
    expect(await reason(write(Buffer.from('<html>')))).toBe('it is no .npy file');
    expect(await reason(write(Buffer.alloc(0)))).toBe('it is no .npy file');
    const huge = Buffer.from(whole.toString('latin1').replace('(4,), }    ', '(4e99,), } '), 'latin1');
    expect(await reason(write(huge))).toMatch(/shape/);
    const packed = readFileSync(join(fixtures, 'packed.npz'));
    const zip = join(newFolder(), 'x.npz');
    writeFileSync(zip, packed.subarray(0, packed.length - 30));
    expect((await failure(open('npz', { '0': zip }, [field('x', 'Tensor', 2)]))).code).toBe('EBM4015');
    // An array that claims to be smaller than it unpacks to: refused before it is unpacked.
    const bomb = Buffer.from(packed);
    const directory = bomb.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bomb.writeUInt32LE(10, directory + 24);
    writeFileSync(zip, bomb);
    expect((await failure(open('npz', { '0': zip }, [field('images', 'Tensor', 60)]))).code).toBe('EBM4015');
  });
});
