/** text(): packing, splits, tokenizers, and what is wrong with the files. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { tokenizerOf, trainTokenizer } from '../../src/runtime/tokenizers/index.js';
import { openText, warnings } from './data/opening.js';
import { failure } from './support.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebmc-text-'));
});

function write(name: string, content: string | Uint8Array): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), content);
}

const open = (loader: string, fields: string, strict = false) =>
  openText(loader, fields, { baseDirectory: folder, strict });

describe('packing', () => {
  test('bytes: documents in order, an end after each, cut to length', async () => {
    write('a/1.txt', 'abcd');
    write('a/2.txt', 'efg');
    const data = await open('text("a/*.txt", test: 0)', 'x: Tokens[3, 259]');
    expect([data.size('train'), data.splits]).toEqual([3, ['train']]);
    const { x } = await data.read('train', [0, 2, 1]);
    const byte = (c: string): number => c.charCodeAt(0) + 3;
    expect(x!.shape).toEqual([3, 3]);
    expect(x!.data).toBeInstanceOf(Int32Array);
    expect(Array.from(x!.data)).toEqual([...'abc'].map(byte).concat([...'fg'].map(byte), 1, [byte('d'), 1, byte('e')]));
  });

  test('one file, whatever stands beside it', async () => {
    write('a.txt', 'abcd');
    write('a.txt.old', 'zzzz');
    write('b.txt', 'zzzz');
    const data = await open('text("a.txt", test: 0)', 'x: Tokens[5, 259]');
    const { x } = await data.read('train', [0]);
    expect(Array.from(x!.data.subarray(0, 4), (id) => String.fromCharCode(id - 3)).join('')).toBe('abcd');
    expect(data.size('train')).toBe(1);
    expect((await failure(open('text("c.txt")', 'x: Tokens[5, 259]'))).code).toBe('EBM4001');
  });

  test('the end of the text is held out, at a space', async () => {
    write('a.txt', 'aaaa aaaa bbbb bbbb');
    const data = await open('text("*.txt", test: 0.5)', 'x: Tokens[4, 259]');
    const { x } = await data.read('test', [0]);
    expect(Array.from(x!.data, (id) => String.fromCharCode(id - 3)).join('')).toBe(' bbb');
  });

  test('a tokenizer.json, a frame and a stride', async () => {
    write('a.txt', 'the whale and the sea and the whale');
    const file = trainTokenizer('wordpiece', ['the whale and the sea and the whale'], 60);
    write('tokenizer.json', JSON.stringify(file));
    const { vocabulary, decode } = tokenizerOf('t', file);
    const data = await open(
      'text("*.txt", tokenizer: "tokenizer.json", test: 0, frame: true, stride: 1)',
      `x: Tokens[6, ${vocabulary}]`,
    );
    const { x } = await data.read('train', [0, 1]);
    const rows = [Array.from(x!.data.subarray(0, 6)), Array.from(x!.data.subarray(6))];
    expect(rows.map((row) => [row[0], row[5]])).toEqual([
      [2, 3],
      [2, 3],
    ]);
    expect(rows[1]!.slice(1, 4)).toEqual(rows[0]!.slice(2, 5));
    expect(decode(rows[0]!)).toBe('the whale and the');
  });

  test('a column of texts: one an example, cut or filled up', async () => {
    write('a.jsonl', '{"caption": "abc"}\n{"caption": "abcdefgh"}\n');
    const data = await open('jsonl("a.jsonl")', 'caption: Tokens[6, 259]');
    const { caption } = await data.read('train', [0, 1]);
    const bytes = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0) + 3);
    expect(Array.from(caption!.data)).toEqual([...bytes('abc'), 1, 0, 0, ...bytes('abcdef')]);
    const trained = await open('jsonl("a.jsonl", tokenizer: "bpe")', 'caption: Tokens[6, 262]');
    expect((await trained.read('train', [1]))['caption']!.data).toContain(261);
  });

  test('a tokenizer is trained where its kind is named', async () => {
    write('a.txt', 'one fish two fish red fish blue fish '.repeat(20));
    const data = await open('text("*.txt", tokenizer: "bpe", test: 0)', 'x: Tokens[8, 270]');
    const { x } = await data.read('train', [0]);
    expect(Math.max(...x!.data)).toBeGreaterThanOrEqual(259);
    expect(Math.max(...x!.data)).toBeLessThan(270);
  });
});

describe('what is wrong is told', () => {
  test('a vocabulary too small for the tokenizer', async () => {
    write('a.txt', 'abc');
    const told = await failure(open('text("*.txt", test: 0)', 'x: Tokens[2, 200]'));
    expect([told.code, told.message]).toEqual([
      'EBM4041',
      'field `x` of data set `d` has ids below 200, but the tokenizer (bytes) has 259 tokens',
    ]);
  });

  test('bad files are skipped, counted and named; with --strict refused', async () => {
    write('t/good.txt', 'some text that is long enough');
    write('t/empty.txt', '');
    write('t/latin.txt', Buffer.from('caf\xe9 au lait', 'latin1'));
    write('t/utf16.txt', Buffer.from('\ufeffwide', 'utf16le'));
    write('t/zeros.txt', Buffer.from([65, 0, 66]));
    await open('text("t/*.txt", test: 0)', 'x: Tokens[4, 259]');
    expect(warnings.map(({ code, message, notes }) => [code, message, notes])).toEqual([
      [
        'EBM4042',
        'skipped 4 of 5 texts that cannot be used: empty.txt, latin.txt, utf16.txt, zeros.txt',
        [
          'empty.txt: it is empty',
          'latin.txt: it is not UTF-8 (byte 4)',
          'utf16.txt: it is UTF-16, not UTF-8',
          'zeros.txt: it is not text: it has a byte 0',
        ],
      ],
    ]);
    expect((await failure(open('text("t/*.txt", test: 0)', 'x: Tokens[4, 259]', true))).code).toBe('EBM4043');
  });

  test('only bad files', async () => {
    write('t/empty.txt', '');
    const told = await failure(open('text("t/*.txt")', 'x: Tokens[4, 259]'));
    expect([told.code, told.message]).toEqual(['EBM4043', 'none of the 1 texts can be used: empty.txt']);
  });

  test('less text than one example', async () => {
    write('a.txt', 'abc');
    const told = await failure(open('text("*.txt", test: 0)', 'x: Tokens[64, 259]'));
    expect([told.code, told.message]).toEqual([
      'EBM4044',
      'the train part of data set `d` has 4 tokens, fewer than one example of 64',
    ]);
  });

  test.each([
    ['{"a": 1}', 'it has no `model`'],
    ['{', 'JSON'],
    [undefined, 'no such file'],
  ])('a tokenizer of %s', async (content, reason) => {
    write('a.txt', 'abc');
    if (content !== undefined) write('tokenizer.json', content);
    const told = await failure(open('text("*.txt", tokenizer: "tokenizer.json")', 'x: Tokens[2, 300]'));
    expect(told.code).toBe('EBM4040');
    expect(told.message).toContain(reason);
  });

  test('a frame without tokens for it', async () => {
    write('a.txt', 'abc');
    const told = await failure(open('text("*.txt", test: 0, frame: true)', 'x: Tokens[4, 259]'));
    expect(told.code).toBe('EBM4046');
  });
});
