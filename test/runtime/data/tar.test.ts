import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Header } from 'tar';
import { describe, expect, test } from 'vitest';
import { batches } from '../../../src/runtime/data/index.js';
import { failure, field, temporaryFolders } from '../support.js';
import { all, bytesOf, fixtures, open, pixelsOf, warnings } from './opening.js';

const newFolder = temporaryFolders();
const fields = [field('x', 'Image', 4, 5, 3), field('cls', 'Class', 3)];

/** A member as it may be written by somebody who means harm. */
function member(path: string, data: Buffer, size = data.length): Buffer {
  const header = Buffer.alloc(512);
  new Header({ path, size, type: 'File', mode: 0o644 }).encode(header);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

function write(...members: Buffer[]): string {
  const file = join(newFolder(), 'x.tar');
  writeFileSync(file, Buffer.concat([...members, Buffer.alloc(1024)]));
  return file;
}

describe('tar("shard-{000..001}.tar"), written by Python', () => {
  test('samples by their names, long ones too; labels; words', async () => {
    const args = { '0': join(fixtures, 'shard-{000..001}.tar') };
    const data = await open('tar', args, fields);
    expect(data.size('train')).toBe(12);
    const { x, cls } = await data.read('train', [5, 11, 0]);
    expect(bytesOf(x!.data)).toEqual([5, 11, 0].flatMap(pixelsOf));
    expect(Array.from(cls!.data)).toEqual([2, 2, 0]);
    const words = await open('tar', args, [field('txt', 'Class', 12)]);
    expect(words.classNames?.get('txt')?.[0]).toBe('sample 0 ü');
    const held = await open('tar', { ...args, test: join(fixtures, 'shard-001.tar') }, fields);
    expect(held.size('test')).toBe(5);
  });

  test('a missing shard, no member of that ending, an empty file', async () => {
    const missing = await failure(open('tar', { '0': join(fixtures, 'shard-{000..002}.tar') }, fields));
    expect(missing.message).toMatch(/names a file that does not exist: .*shard-002\.tar$/);
    const name = await failure(open('tar', { '0': join(fixtures, 'shard-000.tar') }, [field('lable', 'Tensor', 2)]));
    expect(name.code).toBe('EBM4012');
    const empty = join(newFolder(), 'x.tar');
    writeFileSync(empty, '');
    expect((await failure(open('tar', { '0': empty }, fields))).code).toBe('EBM4012');
  });

  test('starting later gives the same batches, whatever the shuffle buffer', async () => {
    const data = await open('tar', { '0': join(fixtures, 'shard-*.tar') }, fields, { selection: { shuffle: 3 } });
    const collect = async (firstStep: number) => {
      const taken: unknown[] = [];
      const order = { split: 'train', batch: 4, seed: 2, steps: 9, fields: ['x', 'cls'] } as const;
      for await (const batch of batches(data, { ...order, firstStep })) taken.push(batch);
      return taken;
    };
    const whole = await collect(0);
    expect(await collect(5)).toEqual(whole.slice(5));
  });

  test('paths that leave the folder, samples without a partner, two of a name', async () => {
    const png = readFileSync(join(fixtures, 'shard-000.tar')).subarray(0);
    const start = png.indexOf('\x89PNG', 0, 'latin1');
    const picture = png.subarray(start, png.indexOf('IEND', start, 'latin1') + 8);
    const one = Buffer.from('1');
    const file = write(
      ...[member('a.png', picture), member('a.cls', one)],
      ...[member('../../etc/b.png', picture), member('/c.png', picture)],
      ...[member('d.png', picture), member('e.png', picture), member('e.png', picture), member('e.cls', one)],
      ...[member('f.png', picture), member('f.cls', Buffer.from('cat'))],
    );
    const data = await open('tar', { '0': file }, fields);
    expect(data.size('train')).toBe(2);
    expect(warnings[0]!.notes.map((note) => note.slice(file.length))).toEqual([
      ': ../../etc/b.png: its path leaves the folder',
      ': /c.png: its path leaves the folder',
      ': e.png: there are two of that name',
      ': f.cls: it is no number of a class',
      ', sample 1: it has no .cls',
    ]);
    expect((await failure(open('tar', { '0': file }, fields, { strict: true }))).code).toBe('EBM4026');
  });

  test('cut off, a damaged header, a member that claims more than there is', async () => {
    const whole = readFileSync(join(fixtures, 'shard-001.tar'));
    const attempt = async (bytes: Uint8Array) => {
      const file = join(newFolder(), 'x.tar');
      writeFileSync(file, bytes);
      const data = await open('tar', { '0': file }, fields);
      return [data.size('train'), ...warnings.splice(0).flatMap(({ notes }) => notes.map((n) => n.slice(file.length)))];
    };
    // A sample takes 3 headers and 3 bodies of 512 bytes.
    expect(await attempt(whole.subarray(0, 2 * 3072 + 700))).toEqual([
      2,
      ': it is cut off',
      ', sample 2: it has no .cls',
    ]);
    const damaged = Buffer.from(whole);
    damaged[3072 + 148] = 0x39;
    expect(await attempt(damaged)).toEqual([1, ': the header at byte 3072 is damaged']);
    const bomb = write(member('a.png', Buffer.from('x'), 2 ** 40));
    const refused = await failure(open('tar', { '0': bomb }, fields));
    expect([refused.code, refused.notes[0]]).toEqual(['EBM4026', `${bomb}: it ends within a.png`]);
  });

  test('a picture that claims more pixels than memory holds is damaged', async () => {
    const folder = newFolder();
    copyFileSync(join(fixtures, 'shard-001.tar'), join(folder, 'a.tar'));
    const bytes = readFileSync(join(folder, 'a.tar'));
    const header = bytes.indexOf('IHDR', 0, 'latin1');
    bytes.writeUInt32BE(200_000, header + 4);
    bytes.writeUInt32BE(200_000, header + 8);
    writeFileSync(join(folder, 'a.tar'), bytes);
    const data = await open('tar', { '0': join(folder, 'a.tar'), resize: true }, fields);
    const { x } = await data.read('train', all(5));
    expect(bytesOf(x!.data.slice(0, 60))).toEqual(pixelsOf(8));
    expect(data.damaged?.()).toMatchObject([{ row: 0 }]);
  });
});
