/** Files that mean harm: a process of its own opens each, which names the file in one clear message and takes little memory. */
import { closeSync, copyFileSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { beforeEach, describe, expect, test } from 'vitest';
import { randomBits } from '../../../src/runtime/data/index.js';
import { run } from '../../cli/run.js';
import { temporaryFolders } from '../support.js';
import { fixtures } from './opening.js';

interface Opened {
  readonly at: 'opening' | 'reading' | 'done';
  readonly size?: number;
  readonly told: readonly string[];
  /** More than before anything was opened. */
  readonly megabytes: number;
}

const newFolder = temporaryFolders();
let folder: string;
beforeEach(() => {
  folder = newFolder();
});

const child = fileURLToPath(new URL('open-in-child.js', import.meta.url));

async function open(loader: string, fields: string): Promise<Opened> {
  const { stdout, stderr } = await run(process.execPath, [child, folder, `dataset d = ${loader} { ${fields} }`]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Opened;
}

function write(name: string, ...parts: (string | Uint8Array)[]): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array))));
}

/** Zeros without taking the disk's room. */
function writeSparse(name: string, beginning: Uint8Array, size: number, end: Uint8Array = new Uint8Array(0)): void {
  const file = openSync(join(folder, name), 'w');
  writeSync(file, beginning);
  ftruncateSync(file, size);
  writeSync(file, end, 0, end.length, size - end.length);
  closeSync(file);
}

function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const around = Buffer.alloc(8);
    around.writeUInt32BE(data.length, 0);
    around.writeUInt32BE(crc(body), 4);
    return Buffer.concat([around.subarray(0, 4), body, around.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  const data = deflateSync(Buffer.alloc(2 ** 22));
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

/** Node 20 before 20.15 has no `crc32`. */
function crc(bytes: Uint8Array): number {
  if (crc32) return crc32(bytes);
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return ~value >>> 0;
}

function tarMember(
  path: string,
  data: Uint8Array,
  more: { type?: 'File' | 'SymbolicLink' | 'Link'; linkpath?: string } = {},
): Buffer {
  const header = Buffer.alloc(512);
  new Header({ path, size: data.length, type: 'File', mode: 0o644, ...more }).encode(header);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

test('a picture of some kilobytes that claims 100,000 × 100,000', async () => {
  write('img/bomb.png', png(100_000, 100_000));
  for (const more of ['resize: true', 'resize: true, keep: false']) {
    const { told, megabytes } = await open(`images("img/**", ${more})`, 'x: Image[8, 8, 3]');
    expect(told).toEqual([
      expect.stringMatching(/^EBM4009 .*bomb\.png/),
      expect.stringMatching(/^bomb\.png: .*(pixel limit|claims)/),
    ]);
    expect(megabytes).toBeLessThan(100);
  }
});

test('members of a tar that leave the folder, and links', async () => {
  const picture = png(8, 8);
  const [one, none] = [Buffer.from('1'), Buffer.alloc(0)];
  write(
    'x.tar',
    ...[
      tarMember('a.png', picture),
      tarMember('a.cls', one),
      tarMember('../../b.png', picture),
      tarMember('/c.png', picture),
    ],
    ...[tarMember('d.png', none, { type: 'SymbolicLink', linkpath: '/etc/passwd' })],
    ...[tarMember('e.png', none, { type: 'Link', linkpath: '../../a.png' }), Buffer.alloc(1024)],
  );
  const { size, told, megabytes } = await open('tar("x.tar", resize: true)', 'x: Image[8, 8, 3], cls: Class[2]');
  expect([size, told[0]]).toEqual([1, expect.stringMatching(/^EBM4025 /)]);
  expect(told.slice(1).map((note) => note.replace(/^.*x\.tar: /, ''))).toEqual([
    '../../b.png: its path leaves the folder',
    '/c.png: its path leaves the folder',
    'd.png: it is a link, which is not followed',
    'e.png: it is a link, which is not followed',
  ]);
  expect(megabytes).toBeLessThan(100);
});

describe('Parquet', () => {
  /** A description of so many columns (Thrift, compact protocol). */
  function description(columns: number): Buffer {
    const size = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...size(value >>> 7)]);
    const text = (name: string): number[] => [...size(name.length), ...Buffer.from(name)];
    const parts = [
      Buffer.from([0x15, 2, 0x19, 0xfc, ...size(columns + 1), 0x48, ...text('schema'), 0x15, ...size(2 * columns), 0]),
    ];
    for (let i = 0; i < columns; i++) parts.push(Buffer.from([0x15, 2, 0x25, 2, 0x18, ...text(`c${i}`), 0]));
    parts.push(Buffer.from([0x16, 0, 0x19, 0x0c, 0]));
    return Buffer.concat(parts);
  }
  const around = (described: Buffer): Buffer[] => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(described.length);
    return [Buffer.from('PAR1'), described, length, Buffer.from('PAR1')];
  };

  test.each([
    [1_000_000, /^EBM4029 .*x\.parquet.*1000001/],
    [70_000, /^EBM4029 .*x\.parquet.*70001/],
    // So many are read, and have no rows.
    [1000, /^EBM4002 .*x\.parquet/],
  ])('%i columns', async (columns, message) => {
    write('x.parquet', ...around(description(columns)));
    const { told, megabytes } = await open('parquet("x.parquet")', 'x: [1]');
    expect(told).toEqual([expect.stringMatching(message)]);
    expect(megabytes).toBeLessThan(60);
  });

  test('a description of more bytes than is read', async () => {
    const [length, size] = [Buffer.alloc(4), 5e7];
    length.writeUInt32LE(size - 12);
    writeSparse('x.parquet', Buffer.from('PAR1'), size, Buffer.concat([length, Buffer.from('PAR1')]));
    const { told, megabytes } = await open('parquet("x.parquet")', 'x: [1]');
    expect(told).toEqual([expect.stringMatching(/^EBM4015 .*x\.parquet.* its description claims 49999988 bytes/)]);
    expect(megabytes).toBeLessThan(60);
  });
});

describe('tables', () => {
  test.each([
    ['a line of 100 MB', 'a'],
    ['a quote that goes on for 100 MB', '"'],
  ])('CSV: %s', async (_, first) => {
    write('x.csv', 'x,y\n1,2\n', first, Buffer.alloc(1e8, 'a'), '\n');
    const { told, megabytes } = await open('csv("x.csv", split: 0.5)', 'x: [1]');
    expect(told[0]).toMatch(/^EBM\d+ /);
    expect(told.join('\n')).toMatch(/x\.csv/);
    expect(megabytes).toBeLessThan(450);
  });

  test('JSON: a line of lists in lists', async () => {
    write('x.jsonl', '{"x": 1}\n{"x": 2}\n', Buffer.alloc(5e7, '['), '\n');
    const { size, told, megabytes } = await open('jsonl("x.jsonl")', 'x: [1]');
    expect([size, told[0], told[1]]).toEqual([
      2,
      expect.stringMatching(/^EBM4025/),
      expect.stringMatching(/x\.jsonl:3: it is nested more than 1000 levels deep$/),
    ]);
    expect(megabytes).toBeLessThan(450);
  });
});

test('an MP3 of noise', async () => {
  const bits = randomBits(1);
  const noise = Buffer.from(Uint32Array.from({ length: 5e5 }, bits).buffer);
  noise.set([0xff, 0xfb, 0x90, 0x64]);
  write('sounds/x.mp3', noise);
  copyFileSync('test/runtime/fixtures/sounds/tones.mp3', join(folder, 'sounds/y.mp3'));
  const { size, told, megabytes } = await open('audio("sounds", test: 0)', 'x: Audio[400]');
  expect([size, told]).toEqual([
    1,
    [expect.stringMatching(/^EBM4042 .*x\.mp3$/), expect.stringMatching(/^x\.mp3: it /)],
  ]);
  expect(megabytes).toBeLessThan(250);
});

describe('tokenizer.json', () => {
  test.each([
    ['1 GB', 2 ** 30, /more than \d+$/],
    ['lists in lists in lists', 6e7, /nested more than 1000 levels deep/],
  ])('%s', async (_, size, reason) => {
    write('a.txt', 'a text of some words');
    if (size > 1e9) writeSparse('t.json', Buffer.alloc(4096, '['), size);
    else write('t.json', Buffer.alloc(size, '['));
    const { told, megabytes } = await open('text("*.txt", tokenizer: "t.json", test: 0)', 'x: Tokens[4, 100]');
    expect(told).toEqual([expect.stringMatching(reason)]);
    expect(told[0]).toMatch(/t\.json/);
    expect(megabytes).toBeLessThan(250);
  });
});

test('arrays that claim 2^40 and more elements', async () => {
  for (const shape of ['(1099511627776,)', '(1099511627776, 1099511627776)', '(-1,)']) {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117);
    write('x.npy', Buffer.from([0x93]), 'NUMPY', Buffer.from([1, 0, 118, 0]), header, '\n', Buffer.alloc(64));
    const { told, megabytes } = await open('npy("x.npy")', 'x: [1]');
    expect(told).toEqual([expect.stringMatching(/^EBM4015 .*x\.npy/)]);
    expect(megabytes).toBeLessThan(60);
  }
});

describe('IDX', () => {
  const labels = Buffer.from([0, 0, 8, 1, 0, 0, 0, 1, 7]);
  const images = (...sizes: number[]): Buffer => {
    const header = Buffer.alloc(16);
    header.set([0, 0, 8, 3]);
    sizes.forEach((size, i) => {
      header.writeInt32BE(size, 4 + 4 * i);
    });
    return header;
  };

  test('a size below 0', async () => {
    write('train-images-idx3-ubyte', images(1, -1, 28), Buffer.alloc(784));
    write('train-labels-idx1-ubyte', labels);
    const { told, megabytes } = await open('idx(".")', 'x: Image[28, 28, 1]');
    expect(told).toEqual([
      expect.stringMatching(/^EBM4007 .*train-images-idx3-ubyte is truncated: expected \d+ bytes, found 800$/),
    ]);
    expect(megabytes).toBeLessThan(60);
  });

  test('megabytes that unpack to half a gigabyte', async () => {
    write('train-images-idx3-ubyte.gz', gzipSync(Buffer.concat([images(1, 28, 28), Buffer.alloc(5e8)])));
    write('train-labels-idx1-ubyte', labels);
    const { told, megabytes } = await open('idx(".")', 'x: Image[28, 28, 1]');
    expect(told).toEqual([
      expect.stringMatching(/^EBM4007 .*ubyte\.gz is longer than its header says: expected 800 bytes, found more$/),
    ]);
    expect(megabytes).toBeLessThan(60);
  });
});

test('the process that opens is the one that is measured', async () => {
  copyFileSync(join(fixtures, 'snappy.parquet'), join(folder, 'x.parquet'));
  const { at, size, told } = await open('parquet("x.parquet")', 'x: Image[4, 5, 3]');
  expect({ at, size, told }).toEqual({ at: 'done', size: 12, told: [] });
});
