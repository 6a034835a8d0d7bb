import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failure, field, temporaryFolders } from '../support.js';
import { all, bytesOf, fixtures, open, pixelsOf, warnings } from './opening.js';

const newFolder = temporaryFolders();
const file = join(fixtures, 'snappy.parquet');

describe('parquet("file.parquet"), written by pyarrow', () => {
  test('images, class labels with names, lists, numbers', async () => {
    const fields = [
      ...[field('x', 'Image', 4, 5, 3), field('label', 'Class', 3), field('embedding', 'Tensor', 2)],
      ...[field('grid', 'Tensor', 2, 2), field('weight', 'Tensor', 1)],
    ];
    const data = await open('parquet', { '0': file }, fields);
    expect([data.size('train'), data.classNames?.get('label')]).toEqual([12, ['cat', 'dog', 'owl']]);
    const { x, label, embedding, grid, weight } = await data.read('train', [11, 0, 6]);
    expect(bytesOf(x!.data)).toEqual([11, 0, 6].flatMap(pixelsOf));
    expect(Array.from(label!.data)).toEqual([2, 0, 0]);
    expect(Array.from(embedding!.data)).toEqual([11, 5.5, 0, 0, 6, 3]);
    expect(grid).toEqual({ shape: [3, 2, 2], data: Float32Array.from([11, 1, 2, 3, 0, 1, 2, 3, 6, 1, 2, 3]) });
    expect(Array.from(weight!.data)).toEqual([5.5, 0, 3]);
    expect(data.parts?.('train')?.map(({ start }) => start)).toEqual([0, 5, 10]);
  });

  test('every compression; several files; words as classes', async () => {
    for (const codec of ['zstd', 'gzip', 'brotli', 'lz4', 'none']) {
      const data = await open('parquet', { '0': join(fixtures, `${codec}.parquet`) }, [field('weight', 'Tensor', 1)]);
      expect([codec, ...(await data.read('train', [4, 5]))['weight']!.data]).toEqual([codec, 2, 2.5]);
    }
    const two = [file, join(fixtures, 'none.parquet')];
    const data = await open('parquet', { '0': two, test: file }, [field('text', 'Class', 12)]);
    expect([data.size('train'), data.size('test')]).toEqual([24, 12]);
    const { text } = await data.read('train', [0, 12]);
    expect(text!.data[0]).toBe(text!.data[1]);
  });

  test('what does not fit, by name and by size', async () => {
    const name = await failure(open('parquet', { '0': file }, [field('lable', 'Class', 3)]));
    expect([name.code, name.help[0]]).toEqual(['EBM4012', 'did you mean `label`?']);
    expect(name.help[1]).toBe(
      'the data has `image` (files), `label` (a number), `text` (text), `embedding` ([2]), `grid` ([2, 2]), `weight` (a number)',
    );
    const size = await failure(open('parquet', { '0': file }, [field('x', 'Image', 8, 8, 3)]));
    expect(size.message).toMatch(
      /row 0, `image` is 4 × 5, but the field is declared as Image\[8, 8, 3\] \(and 11 more/,
    );
    const resized = await open('parquet', { '0': file, resize: true }, [field('x', 'Image', 8, 8, 1)]);
    expect((await resized.read('train', [3]))['x']!.shape).toEqual([1, 8, 8, 1]);
    expect((await failure(open('parquet', { '0': file }, [field('weight', 'Class', 3)]))).code).toBe('EBM4003');
  });

  test('missing values are damaged rows, others stand in', async () => {
    const fields = [field('label', 'Class', 3), field('weight', 'Tensor', 1)];
    const data = await open('parquet', { '0': join(fixtures, 'gaps.parquet') }, fields);
    const { label, weight } = await data.read('train', all(4));
    expect([Array.from(label!.data), Array.from(weight!.data)]).toEqual([
      [0, 1, 1, 1],
      [1, 4, 4, 4],
    ]);
    expect(data.damaged?.().map(({ row }) => row)).toEqual([1, 2]);
    expect(warnings[0]!.code).toBe('EBM4023');
  });

  test('words that are missing are no class of their own; training, which reads no labels, has every row', async () => {
    const fields = [field('x', 'Tensor', 1), field('kind', 'Class', 2)];
    const data = await open('parquet', { '0': join(fixtures, 'unlabelled.parquet') }, fields);
    expect(data.classNames?.get('kind')).toEqual(['u', 'v']);
    expect(Array.from((await data.read('train', all(5), ['x']))['x']!.data)).toEqual([0, 1, 2, 3, 4]);
    expect(warnings).toEqual([]);
    const { x, kind } = await data.read('train', all(5));
    expect([Array.from(x!.data), Array.from(kind!.data)]).toEqual([
      [0, 2, 2, 4, 4],
      [1, 0, 0, 1, 1],
    ]);
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['EBM4023', expect.stringContaining('row 1, `kind`: it has no class')],
    ]);
  });

  test('cut off, empty, no Parquet, a page damaged, a description that claims too much', async () => {
    const bytes = readFileSync(join(fixtures, 'none.parquet'));
    const attempt = (changed: Uint8Array) => {
      const path = join(newFolder(), 'x.parquet');
      writeFileSync(path, changed);
      return open('parquet', { '0': path }, [field('x', 'Image', 4, 5, 3), field('label', 'Class', 3)]);
    };
    expect((await failure(attempt(bytes.subarray(0, 3000)))).message).toMatch(/it is another kind or cut off$/);
    expect((await failure(attempt(Buffer.alloc(0)))).message).toMatch(/too few for a Parquet file$/);
    expect((await failure(attempt(Buffer.from('not a parquet file')))).code).toBe('EBM4015');
    const claims = Buffer.from(bytes);
    claims.writeUInt32LE(0x7fffffff, bytes.length - 8);
    expect((await failure(attempt(claims))).message).toMatch(/its description claims 2147483647 bytes/);
    const damaged = Buffer.from(bytes);
    // The first picture's header.
    damaged.fill(0, damaged.indexOf('PNG'), damaged.indexOf('PNG') + 8);
    const data = await attempt(damaged);
    expect(bytesOf((await data.read('train', [0]))['x']!.data)).toEqual(pixelsOf(1));
    expect(data.damaged?.()).toHaveLength(1);
  });
});
