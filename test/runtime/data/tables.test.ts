import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Selection } from '../../../src/compiler/declarations.js';
import { failure, field, temporaryFolders } from '../support.js';
import { all, open, warnings } from './opening.js';

const newFolder = temporaryFolders();
const write = (name: string, text: string): string => {
  const file = join(newFolder(), name);
  writeFileSync(file, text);
  return file;
};
const flowers = 'a,b,species,note\n1,2,rose,"x\ny, ""z"""\n3,4.5,iris,\n-5,6e-1,rose,end\n';

describe('csv("file.csv")', () => {
  test('by name, by type, by a list; words are classes in the order of their names', async () => {
    const file = write('t.csv', flowers);
    const byType = await open('csv', { '0': file }, [field('x', 'Tensor', 2), field('species', 'Class', 2)]);
    const { x, species } = await byType.read('train', [2, 0, 1]);
    expect(Array.from(x!.data)).toEqual([-5, Math.fround(0.6), 1, 2, 3, 4.5]);
    expect(Array.from(species!.data)).toEqual([1, 1, 0]);
    expect(byType.classNames?.get('species')).toEqual(['iris', 'rose']);
    const columns = { x: ['b', 'a'], y: ['species'] };
    const listed = await open('csv', { '0': file }, [field('x', 'Tensor', 2), field('y', 'Class', 2)], {
      selection: { columns },
    });
    expect(Array.from((await listed.read('train', [1]))['x']!.data)).toEqual([4.5, 3]);
    const named = await open('csv', { '0': file }, [field('b', 'Tensor', 1)]);
    expect((await named.read('train', [0, 1]))['b']).toEqual({ shape: [2, 1], data: Float32Array.from([2, 4.5]) });
  });

  test('what does not fit is told before training', async () => {
    const file = write('t.csv', flowers);
    const missing = await failure(open('csv', { '0': file }, [field('specis', 'Class', 2)]));
    expect([missing.code, ...missing.help]).toEqual([
      'EBM4012',
      'did you mean `species`?',
      'the data has `a` (a number), `b` (a number), `species` (text), `note` (text)',
      'say which it is: `csv(…, columns: from(specis: …))`',
    ]);
    const text = await failure(open('csv', { '0': file }, [field('note', 'Tensor', 1)]));
    expect(text.message).toBe('field `note` of data set `d` is declared as [1], but the data is text');
    const many = await failure(open('csv', { '0': file }, [field('species', 'Class', 1)]));
    expect(many.code).toBe('EBM4011');
    const column = { selection: { columns: { x: ['a', 'c'] } } };
    expect((await failure(open('csv', { '0': file }, [field('x', 'Tensor', 2)], column))).message).toMatch(
      /`csv` has no column `c`$/,
    );
  });

  test('damaged rows are named, counted and skipped, or refused', async () => {
    const file = write('t.csv', `${flowers}x,1,rose,\n,2,iris,\n7\n8,9,iris,fine\n`);
    const fields = [field('x', 'Tensor', 2), field('species', 'Class', 2)];
    const data = await open('csv', { '0': file }, fields);
    expect(data.size('train')).toBe(4);
    expect(Array.from((await data.read('train', [3]))['x']!.data)).toEqual([8, 9]);
    expect(warnings.map(({ message }) => message)).toEqual(['data set `d`: skipped 3 of 7 rows that cannot be used']);
    expect(warnings[0]!.notes).toEqual([
      `${file}:6: \`a\` is "x", not a number`,
      `${file}:7: \`a\` is missing, not a number`,
      `${file}:8: \`b\` is missing, not a number`,
    ]);
    expect((await failure(open('csv', { '0': file }, fields, { strict: true }))).code).toBe('EBM4026');
  });

  test('empty, only a header, a quote that is never closed, a missing file, too many columns', async () => {
    const attempt = (text: string) => failure(open('csv', { '0': write('t.csv', text) }, [field('a', 'Tensor', 1)]));
    expect((await attempt('')).code).toBe('EBM4002');
    expect((await attempt('a,b\n')).code).toBe('EBM4002');
    const unclosed = `a,b\n1,2\n"3,4\n${'5,6\n'.repeat(10)}`;
    const data = await open('csv', { '0': write('t.csv', unclosed) }, [field('a', 'Tensor', 1)]);
    expect([data.size('train'), warnings.length]).toEqual([1, 1]);
    const nowhere = await failure(open('csv', { '0': '/nowhere/t.csv' }, [field('a', 'Tensor', 1)]));
    expect(nowhere.message).toBe('data set `d` names a file that does not exist: /nowhere/t.csv');
    const wide = Array.from({ length: 70_000 }, (_, i) => `c${i}`).join(',');
    expect((await attempt(`${wide}\n${wide.replaceAll('c', '')}\n`)).code).toBe('EBM4029');
  });

  test('files of several splits, other delimiters, blocks larger than one', async () => {
    const folder = newFolder();
    const rows = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => `${from + i};${(from + i) % 3}\n`).join('');
    writeFileSync(join(folder, 'train-0.csv'), `v;label\n${rows(0, 9000)}`);
    writeFileSync(join(folder, 'train-1.csv'), `label;v\n${rows(0, 5).replaceAll(/(.*);(.*)/g, '$2;$1')}`);
    writeFileSync(join(folder, 'test-0.csv'), `v;label\n${rows(100, 10)}`);
    const data = await open('csv', { '0': `${folder}/*.csv` }, [field('v', 'Tensor', 1), field('label', 'Class', 3)]);
    expect([data.size('train'), data.size('test')]).toEqual([9005, 10]);
    const { v, label } = await data.read('train', all(9005));
    const expected = [...all(9000), ...all(5)];
    expect(Array.from(v!.data)).toEqual(expected);
    expect(Array.from(label!.data)).toEqual(expected.map((i) => i % 3));
    expect(data.parts?.('train')?.map(({ start }) => start)).toEqual([0, 4096, 8192, 9000]);
  });

  test('pictures that a table names', async () => {
    const folder = newFolder();
    const { default: sharp } = await import('sharp');
    for (const [name, g] of [
      ['a.png', 10],
      ['b.png', 250],
    ] as const)
      await sharp({ create: { width: 3, height: 2, channels: 3, background: { r: 0, g, b: 0 } } }).toFile(
        join(folder, name),
      );
    writeFileSync(join(folder, 't.csv'), 'file,label\na.png,0\nmissing.png,1\nb.png,1\n');
    const fields = [field('file', 'Image', 2, 3, 3), field('label', 'Class', 2)];
    const data = await open('csv', { '0': join(folder, 't.csv') }, fields);
    const { file, label } = await data.read('train', [0, 1, 2]);
    expect([1, 19, 37].map((i) => Math.round(file!.data[i]! * 255))).toEqual([10, 250, 250]);
    expect(Array.from(label!.data)).toEqual([0, 1, 1]);
    expect(data.damaged?.()).toMatchObject([{ row: 1, name: 'missing.png' }]);
  });
});

describe('jsonl("file.jsonl")', () => {
  test('numbers, arrays of numbers, words', async () => {
    const lines = Array.from({ length: 5 }, (_, i) =>
      JSON.stringify({
        v: [
          [i, 1],
          [2, 3],
        ],
        k: i,
        ok: i % 2 === 0,
        s: 'ü\n',
      }),
    );
    const file = write('t.jsonl', `${lines.join('\n')}`);
    const data = await open('jsonl', { '0': file }, [field('v', 'Tensor', 2, 2), field('ok', 'Class', 2)]);
    const { v, ok } = await data.read('train', [4, 1]);
    expect(v).toEqual({ shape: [2, 2, 2], data: Float32Array.from([4, 1, 2, 3, 1, 1, 2, 3]) });
    expect(Array.from(ok!.data)).toEqual([1, 0]);
  });

  test('lines that are no objects, cut off, of another length', async () => {
    const good = '{"v": [1, 2], "k": 3}\n';
    const file = write('t.jsonl', `${good.repeat(3)}[1]\n{"v": [1], "k": 3}\n\n{"k": 3}\n{"v": [1, null]}\n`);
    appendFileSync(file, '{"v": [1, 2');
    const data = await open('jsonl', { '0': file }, [field('v', 'Tensor', 2)]);
    expect(data.size('train')).toBe(3);
    expect(warnings[0]!.message).toBe('data set `d`: skipped 5 of 8 rows that cannot be used');
    expect(warnings[0]!.notes.map((note) => note.slice(file.length, file.length + 3))).toEqual([
      ':4:',
      ':5:',
      ':7:',
      ':8:',
      ':9:',
    ]);
    expect(readFileSync(file, 'utf8')).toContain('"v"');
  });
});

describe('which examples', () => {
  const table = () =>
    write(
      't.csv',
      `v,label\n${all(300)
        .map((i) => `${i},${['a', 'b', 'b'][i % 3]}`)
        .join('\n')}\n`,
    );
  const fields = [field('v', 'Tensor', 1), field('label', 'Class', 2)];
  const take = async (selection: Selection) => {
    const data = await open('csv', { '0': table() }, fields, { selection });
    const read = async (split: 'train' | 'test') => {
      const { v, label } = await data.read(split, all(data.size(split)));
      return { v: Array.from(v!.data), label: Array.from(label!.data) };
    };
    return { train: await read('train'), ...(data.splits.includes('test') ? { test: await read('test') } : {}) };
  };
  const shareOf = (label: readonly number[], which: number) => label.filter((l) => l === which).length;

  test('split: a share of each class, nothing lost, the same for a seed', async () => {
    const { train, test: held } = await take({ split: 0.9 });
    expect([train.v.length, held!.v.length]).toEqual([270, 30]);
    expect([...train.v, ...held!.v].sort((a, b) => a - b)).toEqual(all(300));
    expect([shareOf(held!.label, 0), shareOf(held!.label, 1)]).toEqual([10, 20]);
    expect(await take({ split: 0.9 })).toEqual({ train, test: held });
    expect((await take({ split: 0.9, seed: 1 })).test!.v).not.toEqual(held!.v);
  });

  test('limit, filter by number and by name, balance', async () => {
    expect((await take({ limit: 7 })).train.v).toHaveLength(7);
    const filter = {
      kind: 'binary',
      operator: 'and',
      left: {
        kind: 'binary',
        operator: '==',
        left: { kind: 'field', name: 'label' },
        right: { kind: 'constant', value: 'a' },
      },
      right: {
        kind: 'binary',
        operator: '<',
        left: { kind: 'field', name: 'v' },
        right: { kind: 'constant', value: 10 },
      },
    } as const;
    expect((await take({ filter })).train.v).toEqual([0, 3, 6, 9]);
    const under = (await take({ balance: 'under' })).train;
    expect([under.v.length, shareOf(under.label, 0), new Set(under.v).size]).toEqual([200, 100, 200]);
    const over = (await take({ balance: 'over' })).train;
    expect([over.v.length, shareOf(over.label, 0), new Set(over.v).size]).toEqual([400, 200, 300]);
  });

  test('nothing left, splits of its own, no such class', async () => {
    const compare = (value: number | string) => ({
      kind: 'binary' as const,
      operator: '==' as const,
      left: { kind: 'field' as const, name: 'label' },
      right: { kind: 'constant' as const, value },
    });
    expect((await failure(take({ filter: compare(5) }))).code).toBe('EBM4020');
    const unknown = await failure(take({ filter: compare('c') }));
    expect([unknown.code, unknown.help.at(-1)]).toEqual(['EBM4022', 'its classes are a, b']);
    const digits = [field('x', 'Image', 28, 28, 1)];
    expect((await failure(open('mnist', {}, digits, { selection: { split: 0.5 } }))).code).toBe('EBM4019');
    expect((await failure(open('mnist', {}, digits, { selection: { balance: 'over' } }))).code).toBe('EBM4021');
  });
});
