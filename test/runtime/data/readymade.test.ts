import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalog } from '../../../src/runtime/data/readymade/catalog.js';
import { failure, field, temporaryFolders } from '../support.js';
import { bytesOf, open } from './opening.js';

const newFolder = temporaryFolders();
let served: Record<string, Buffer> = {};
let asked: string[] = [];
let server: Server;

beforeEach(async () => {
  served = {};
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url!);
    const body = served[request.url!];
    response.writeHead(body ? 200 : 404).end(body);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  process.env['EBMC_DATA_MIRROR'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env['EBMC_DATA_DIR'] = newFolder();
});
afterEach(() => {
  server.close();
  for (const name of ['EBMC_DATA_MIRROR', 'EBMC_DATA_DIR']) delete process.env[name];
});

const cifar = catalog.find(({ name }) => name === 'cifar10')!;
const fields = [field('x', 'Image', 32, 32, 3), field('label', 'Class', 10)];

/** An archive of CIFAR's layout, two pictures a file: class 3, red 10, green 20, blue 30 to 29 + 1024. */
async function archive(): Promise<Buffer> {
  const folder = newFolder();
  mkdirSync(join(folder, 'cifar-10-batches-bin'));
  const record = Buffer.concat([
    ...[Buffer.from([3]), Buffer.alloc(1024, 10), Buffer.alloc(1024, 20)],
    Buffer.from(Array.from({ length: 1024 }, (_, i) => (30 + i) % 256)),
  ]);
  const { layout } = cifar;
  if (layout.kind !== 'planar') throw new Error('CIFAR is planar');
  for (const name of [...layout.train, ...layout.test])
    writeFileSync(join(folder, name), Buffer.concat([record, record]));
  await create({ file: join(folder, 'a.tar.gz'), cwd: folder, gzip: true }, ['cifar-10-batches-bin']);
  return readFileSync(join(folder, 'a.tar.gz'));
}

/** The catalogue's own checksum is that of 160 MB: the test has another. */
function expecting(bytes: Buffer): void {
  const file = cifar.files[0] as { md5: string };
  const before = file.md5;
  file.md5 = createHash('md5').update(bytes).digest('hex');
  restore.push(() => {
    file.md5 = before;
  });
}
const restore: (() => void)[] = [];
afterEach(() => {
  for (const undo of restore.splice(0)) undo();
});

describe('cifar10()', () => {
  test('is fetched once, checked and unpacked; channels are put together', async () => {
    served['/cifar10/cifar-10-binary.tar.gz'] = await archive();
    expecting(served['/cifar10/cifar-10-binary.tar.gz']);
    const data = await open('cifar10', {}, fields);
    expect([data.size('train'), data.size('test'), data.classNames?.get('label')?.[3]]).toEqual([10, 2, 'cat']);
    const { x, label } = await data.read('train', [9]);
    expect([bytesOf(x!.data.slice(0, 6)), label!.data[0]]).toEqual([[10, 20, 30, 10, 20, 31], 3]);
    await open('cifar10', {}, fields);
    expect(asked).toHaveLength(1);
  });

  test('another content, another status, no server: the message says which file to put where', async () => {
    served['/cifar10/cifar-10-binary.tar.gz'] = Buffer.from('<html>');
    const other = await failure(open('cifar10', {}, fields));
    expect(other.message).toMatch(/cifar-10-binary\.tar\.gz: its MD5 is [0-9a-f]{32}$/);
    served = {};
    expect((await failure(open('cifar10', {}, fields))).message).toMatch(/the server says 404/);
    process.env['EBMC_DATA_MIRROR'] = 'http://127.0.0.1:1';
    const unreachable = await failure(open('cifar10', {}, fields));
    expect(unreachable.code).toBe('EBM4031');
    const path = join(process.env['EBMC_DATA_DIR']!, 'cifar10', 'cifar-10-binary.tar.gz');
    expect(unreachable.help[0]).toContain(`put it at ${path} (its MD5 is c32a1d4ab5d03f1284b67883e8d87530)`);
    // Put there by hand it is checked and taken.
    const bytes = await archive();
    mkdirSync(join(process.env['EBMC_DATA_DIR']!, 'cifar10'), { recursive: true });
    writeFileSync(path, bytes);
    expect((await failure(open('cifar10', {}, fields))).message).toMatch(/the MD5 of .* is/);
    expecting(bytes);
    expect((await open('cifar10', {}, fields)).size('train')).toBe(10);
    rmSync(path);
    expect((await open('cifar10', {}, fields)).size('test')).toBe(2);
  });
});

describe('fashion_mnist()', () => {
  test("finds Debian's package", async ({ skip }) => {
    if (!catalog.find(({ name }) => name === 'fashion_mnist')!.installed!.some((folder) => readable(folder))) skip();
    const started = performance.now();
    const data = await open('fashion_mnist', {}, [field('x', 'Image', 28, 28, 1), field('label', 'Class', 10)]);
    expect([data.size('train'), data.size('test')]).toEqual([60000, 10000]);
    expect(data.classNames?.get('label')?.[9]).toBe('ankle boot');
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

function readable(folder: string): boolean {
  try {
    readFileSync(join(folder, 'train-labels-idx1-ubyte.gz'));
    return true;
  } catch {
    return false;
  }
}

describe('stl10(train: "unlabelled")', () => {
  const pixels = field('x', 'Image', 96, 96, 3);
  const labelled = [pixels, field('label', 'Class', 10)];
  /** Red is the column, green the row, blue the number of the picture. */
  const picture = (number: number): Buffer =>
    Buffer.from(
      Array.from({ length: 3 * 96 * 96 }, (_, k) => {
        const [channel, column, row] = [Math.floor(k / 9216), Math.floor((k % 9216) / 96), k % 96];
        return [column, row, number][channel]!;
      }),
    );

  beforeEach(() => {
    const folder = join(process.env['EBMC_DATA_DIR']!, 'stl10', 'stl10_binary');
    mkdirSync(folder, { recursive: true });
    const files = { train: [1, 2], test: [3], unlabeled: [4, 5, 6] };
    for (const [name, numbers] of Object.entries(files)) {
      writeFileSync(join(folder, `${name}_X.bin`), Buffer.concat(numbers.map(picture)));
      if (name !== 'unlabeled') writeFileSync(join(folder, `${name}_y.bin`), Buffer.from(numbers));
    }
  });

  test('trains on pictures without classes, read from the file; those with classes are as before', async () => {
    const data = await open('stl10', { train: 'unlabelled' }, [pixels]);
    expect([data.size('train'), data.size('test')]).toEqual([3, 1]);
    const { x } = await data.read('train', [2, 0]);
    // Row 1, column 2 of each.
    const at = (96 + 2) * 3;
    expect(bytesOf(x!.data.slice(at, at + 3))).toEqual([2, 1, 6]);
    expect(bytesOf(x!.data.slice(27648 + at, 27648 + at + 3))).toEqual([2, 1, 4]);
    const known = await open('stl10', {}, labelled);
    expect(Array.from((await known.read('train', [1, 0]))['label']!.data)).toEqual([1, 0]);
  });

  test('has no classes there, and no other parts', async () => {
    expect((await failure(open('stl10', { train: 'unlabelled' }, labelled))).message).toMatch(/has pictures only/);
    expect((await failure(open('stl10', { train: 'all' }, [pixels]))).code).toBe('EBM4005');
    expect((await failure(open('cifar10', { train: 'unlabelled' }, [pixels]))).code).toBe('EBM4005');
  });
});
