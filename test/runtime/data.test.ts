import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DatasetDecl, FieldDecl, SettingValue } from '../../src/compiler/declarations.js';
import type { Diagnostic } from '../../src/diagnostics/index.js';
import { batches, epochOrder, openDataset } from '../../src/runtime/data/index.js';
import { failure, field, span, temporaryFolders, tinyDataset } from './support.js';

const newFolder = temporaryFolders();
let warnings: Diagnostic[] = [];
beforeEach(() => {
  warnings = [];
});

function open(
  loader: string,
  args: Record<string, SettingValue>,
  fields: FieldDecl[],
  baseDirectory = '.',
  strict = false,
) {
  const decl: DatasetDecl = { name: 'd', loader, args, fields, span };
  return openDataset(decl, { baseDirectory, strict, warn: (diagnostic) => warnings.push(diagnostic) });
}

const digits = [field('x', 'Image', 28, 28, 1), field('label', 'Class', 10)];

describe('mnist()', () => {
  test('8,000 digits to train, 200 of each to test, the same every time', async () => {
    const data = await open('mnist', {}, digits);
    expect([data.size('train'), data.size('test')]).toEqual([8000, 2000]);
    const { x, label } = await data.read(
      'test',
      Array.from({ length: 2000 }, (_, i) => i),
    );
    const counts = new Array<number>(10).fill(0);
    for (const digit of label!.data) counts[digit]!++;
    expect(counts).toEqual(new Array(10).fill(200));
    expect(x!.shape).toEqual([2000, 28, 28, 1]);
    const sum = Array.from(x!.data.slice(0, 784)).reduce((a, b) => a + b, 0);
    expect({ first: Array.from(label!.data.slice(0, 8)), sum: sum.toFixed(2) }).toMatchInlineSnapshot(`
      {
        "first": [
          7,
          8,
          3,
          7,
          6,
          6,
          7,
          2,
        ],
        "sum": "52.00",
      }
    `);
    expect(x!.data.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test('fields that do not fit', async () => {
    const shape = await failure(open('mnist', {}, [field('x', 'Image', 32, 32, 3)]));
    expect(shape.message).toBe(
      'field `x` of data set `d` is declared as Image[32, 32, 3], but the data is Image[28, 28, 1]',
    );
    expect((await failure(open('mnist', {}, [field('label', 'Class', 5)]))).message).toContain('has class 9');
    expect((await failure(open('minst', {}, digits))).help[0]).toBe('did you mean `mnist`?');
    expect((await failure(open('mnist', { size: 3 }, digits))).message).toBe('`mnist`: argument `size` does not exist');
  });

  test('pixels as a flat tensor', async () => {
    const data = await open('mnist', {}, [field('x', 'Tensor', 784)]);
    expect((await data.read('train', [1, 2]))['x']!.shape).toEqual([2, 784]);
  });
});

describe('idx("folder")', () => {
  const idxBytes = (type: number, shape: number[], values: number): Buffer => {
    const sizes = Buffer.alloc(4 * shape.length);
    shape.forEach((size, i) => {
      sizes.writeUInt32BE(size, 4 * i);
    });
    const data = Buffer.from(Uint8Array.from({ length: values }, (_, i) => i % 3));
    return Buffer.concat([Buffer.from([0, 0, type, shape.length]), sizes, data]);
  };
  const fields = [field('x', 'Image', 2, 3, 1), field('label', 'Class', 3)];
  const write = (changes: Record<string, Buffer> = {}): string => {
    const folder = newFolder();
    const files = {
      'train-images-idx3-ubyte.gz': gzipSync(idxBytes(8, [5, 2, 3], 30)),
      'train-labels-idx1-ubyte.gz': gzipSync(idxBytes(8, [5], 5)),
      't10k-images-idx3-ubyte': idxBytes(8, [4, 2, 3], 24),
      't10k-labels-idx1-ubyte': idxBytes(8, [4], 4),
      ...changes,
    };
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    return folder;
  };

  test('plain and gzip files', async () => {
    const data = await open('idx', { '0': write() }, fields);
    expect([data.size('train'), data.size('test')]).toEqual([5, 4]);
    const { x, label } = await data.read('train', [4, 1]);
    expect(Array.from(label!.data)).toEqual([1, 1]);
    expect(Array.from(x!.data.slice(0, 3))).toEqual([0, Math.fround(1 / 255), Math.fround(2 / 255)]);
  });

  test('truncated, plain and gzip', async () => {
    const plain = await failure(
      open('idx', { '0': write({ 't10k-images-idx3-ubyte': idxBytes(8, [4, 2, 3], 20) }) }, fields),
    );
    expect(plain.code).toBe('EBM4007');
    expect(plain.message).toMatch(/t10k-images-idx3-ubyte is truncated: expected 40 bytes, found 36$/);
    const noise = Buffer.from(epochOrder(3000, 1, 1).map((value) => value % 256));
    const packed = gzipSync(Buffer.concat([idxBytes(8, [500, 2, 3], 0), noise]));
    const cut = packed.subarray(0, packed.length - 20);
    const zipped = await failure(open('idx', { '0': write({ 'train-images-idx3-ubyte.gz': cut }) }, fields));
    expect(zipped.message).toMatch(/\.gz is truncated: expected 3016 bytes, found \d+$/);
  });

  test('wrong magic, header cut off, empty file, damaged gzip', async () => {
    const attempt = (bytes: Buffer) =>
      failure(open('idx', { '0': write({ 'train-images-idx3-ubyte.gz': bytes }) }, fields));
    expect((await attempt(idxBytes(8, [5], 5))).message).toMatch(/begin with 00 00 08 03, found 00 00 08 01$/);
    expect((await attempt(Buffer.from('<html>'))).message).toMatch(/found 3c 68 74 6d$/);
    expect((await attempt(Buffer.alloc(0))).message).toMatch(/found an empty file$/);
    expect((await attempt(Buffer.from([0, 0, 8, 3, 0]))).message).toMatch(/expected 16 bytes, found 5$/);
    expect((await attempt(Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]))).code).toBe('EBM4015');
  });

  test('numbers differ, folder missing or empty', async () => {
    const fewer = await failure(open('idx', { '0': write({ 't10k-labels-idx1-ubyte': idxBytes(8, [3], 3) }) }, fields));
    expect(fewer.message).toMatch(/has 4 images, but .* has 3 labels$/);
    const missing = await failure(open('idx', { '0': 'nowhere' }, fields, '/base'));
    expect(missing.message).toBe('the folder of data set `d` does not exist: /base/nowhere');
    expect((await failure(open('idx', { '0': newFolder() }, fields))).code).toBe('EBM4002');
    expect((await failure(open('idx', {}, fields))).message).toBe('`idx`: argument 1 has to be a folder in quotes');
  });
});

describe('images("folder/**")', () => {
  const fields = [field('x', 'Image', 4, 6, 3), field('label', 'Class', 2)];
  const picture = (red: number, format: 'png' | 'jpeg' | 'webp', width = 6, height = 4): Promise<Buffer> =>
    sharp({ create: { width, height, channels: 3, background: { r: red, g: 0, b: 0 } } })
      .toFormat(format)
      .toBuffer();
  const write = async (): Promise<string> => {
    const folder = newFolder();
    for (const [name, red] of [
      ['cat', 10],
      ['dog', 200],
    ] as const) {
      mkdirSync(join(folder, name));
      for (let i = 0; i < 5; i++) {
        const format = (['png', 'jpeg', 'webp'] as const)[i % 3]!;
        writeFileSync(join(folder, name, `${i}.${format}`), await picture(red, format));
      }
    }
    writeFileSync(join(folder, 'notes.txt'), 'no picture');
    return folder;
  };

  test('class folders give labels, a fifth of each class is held out', async () => {
    const data = await open('images', { '0': `${await write()}/**` }, fields);
    expect([data.size('train'), data.size('test')]).toEqual([8, 2]);
    const { x, label } = await data.read('test', [0, 1]);
    expect(Array.from(label!.data)).toEqual([0, 1]);
    expect(x!.data[0]! * 255).toBeCloseTo(10, -1);
    expect(x!.data[72]! * 255).toBeCloseTo(200, -1);
    expect(warnings).toEqual([]);
  });

  test('a corrupt one among good ones is named, counted and skipped, or refused', async () => {
    const folder = await write();
    writeFileSync(join(folder, 'cat', 'bad.png'), 'not a picture');
    const jpeg = await picture(9, 'jpeg', 6, 4);
    writeFileSync(join(folder, 'dog', 'cut.jpg'), jpeg.subarray(0, jpeg.length - 40));
    const data = await open('images', { '0': `${folder}/**` }, fields);
    expect(data.size('train') + data.size('test')).toBe(10);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]!.message).toBe('skipped 2 of 12 pictures that cannot be decoded: cat/bad.png, dog/cut.jpg');
    expect(warnings[0]!.notes[0]).toMatch(/^cat\/bad.png: .*unsupported image format/);
    const refused = await failure(open('images', { '0': `${folder}/**` }, fields, '.', true));
    expect(refused.message).toBe('2 of 12 pictures cannot be decoded: cat/bad.png, dog/cut.jpg');
    const alone = await failure(open('images', { '0': `${folder}/cat/bad*` }, fields));
    expect(alone.message).toBe('none of the 1 pictures can be decoded: bad.png');
  });

  test('another size is an error unless resizing is asked for', async () => {
    const folder = await write();
    writeFileSync(join(folder, 'cat', 'large.png'), await picture(10, 'png', 60, 80));
    const problem = await failure(open('images', { '0': `${folder}/**` }, fields));
    expect(problem.code).toBe('EBM4010');
    expect(problem.message).toMatch(/large\.png is 80 × 60, but the field is declared as Image\[4, 6, 3\]$/);
    const data = await open('images', { '0': `${folder}/**`, resize: true }, fields);
    expect(data.size('train') + data.size('test')).toBe(11);
  });

  test('decoded when they are needed, they are the same numbers', async () => {
    const folder = await write();
    const [kept, decoded] = [
      await open('images', { '0': `${folder}/**`, keep: true }, fields),
      await open('images', { '0': `${folder}/**`, keep: false }, fields),
    ];
    const indices = [7, 0, 3, 3];
    expect(await decoded.read('train', indices)).toEqual(await kept.read('train', indices));
  });

  test('decoded when they are needed, a damaged header is found at the start and damage further on is named', async () => {
    const folder = await write();
    writeFileSync(join(folder, 'cat', 'bad.png'), 'not a picture');
    const whole = await picture(10, 'png');
    writeFileSync(join(folder, 'dog', 'cut.png'), whole.subarray(0, whole.length - 20));
    const args = { '0': `${folder}/**`, keep: false, test: 0 };
    const careless = await open('images', args, fields);
    expect(warnings[0]!.message).toBe('skipped 1 of 12 pictures that cannot be decoded: cat/bad.png');
    // The next good one, with its own label, stands in.
    const all = await careless.read('train', [...new Array(11).keys()]);
    expect(Array.from(all['label']!.data)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0]);
    expect(warnings[1]!.message).toContain(`cannot read ${join(folder, 'dog', 'cut.png')}: `);
    expect(careless.damaged?.()).toHaveLength(1);
    rmSync(join(folder, 'cat', 'bad.png'));
    const data = await open('images', args, fields, '.', true);
    const problem = await failure(data.read('train', [...new Array(data.size('train')).keys()]));
    expect(problem.code).toBe('EBM4018');
    expect(problem.message).toContain(`cannot read ${join(folder, 'dog', 'cut.png')} while training: `);
    // Its thread goes on.
    expect((await data.read('train', [0]))['x']!.shape).toEqual([1, 4, 6, 3]);
  });

  test('grey pictures from coloured ones; train and test folders; no labels', async () => {
    const folder = newFolder();
    for (const split of ['train', 'test']) {
      mkdirSync(join(folder, split));
      writeFileSync(join(folder, split, '1.PNG'), await picture(100, 'png'));
    }
    const grey = [field('x', 'Image', 4, 6, 1)];
    const data = await open('images', { '0': folder }, grey);
    expect([data.size('train'), data.size('test')]).toEqual([1, 1]);
    expect((await data.read('test', [0]))['x']!.data).toHaveLength(24);
    expect((await failure(open('images', { '0': folder }, [...grey, field('label', 'Class', 2)]))).code).toBe(
      'EBM4012',
    );
    expect((await failure(open('images', { '0': join(folder, 'test', '*.webp') }, grey))).code).toBe('EBM4002');
    expect((await failure(open('images', { '0': join(folder, 'none', '**') }, grey))).code).toBe('EBM4001');
  });
});

describe('batches', () => {
  test('an order is a permutation, of seed and epoch only', () => {
    const order = epochOrder(1000, 5, 2);
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(epochOrder(1000, 5, 2)).toEqual(order);
    expect(epochOrder(1000, 5, 3)).not.toEqual(order);
    expect(epochOrder(1000, 6, 2)).not.toEqual(order);
    expect(Array.from(order.slice(0, 5))).toMatchInlineSnapshot(`
      [
        395,
        776,
        799,
        704,
        315,
      ]
    `);
  });

  test('first places are taken evenly', () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 2000; seed++) counts[epochOrder(10, seed, 0)[0]!]!++;
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(60);
  });

  test('starting later gives the same batches', async () => {
    const options = { split: 'train', batch: 4, seed: 1, steps: 12, fields: ['x'] } as const;
    const collect = async (firstStep: number) => {
      const all: unknown[] = [];
      for await (const batch of batches(tinyDataset(), { ...options, firstStep })) all.push(batch);
      return all;
    };
    const whole = await collect(0);
    expect(whole).toHaveLength(12);
    expect(await collect(7)).toEqual(whole.slice(7));
  });

  test('a few are read ahead, from the start on and never more', async () => {
    const tiny = tinyDataset();
    const asked: number[] = [];
    const dataset = {
      ...tiny,
      read: (...[split, indices, names]: Parameters<typeof tiny.read>) => {
        asked.push(indices[0]!);
        return tiny.read(split, indices, names);
      },
    };
    const all = batches(dataset, { split: 'train', batch: 4, seed: 1, firstStep: 0, steps: 12, fields: ['x'] });
    expect(asked).toHaveLength(3);
    let taken = 0;
    for await (const _ of all) expect(asked).toHaveLength(Math.min(12, ++taken + 2));
  });
});
