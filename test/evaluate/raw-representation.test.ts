/** Raw inputs: numbers side by side, or counts of tokens where there are none. */
import { expect, test } from 'vitest';
import type { FieldDecl } from '../../src/compiler/declarations.js';
import { rawRepresentation } from '../../src/runtime/evaluate/raw-representation.js';
import type { LoadedModel } from '../../src/runtime/model.js';
import { field, tinyDataset, tinyModel } from '../runtime/support.js';

const ids = { shape: [2, 4], data: Int32Array.from([0, 2, 2, 1, 2049, 2, 1, 1]) };
const label = { shape: [2], data: Int32Array.from([1, 0]) };

const of = (inputs: readonly [name: string, dtype: 'float32' | 'int32'][], fields: FieldDecl[]) => {
  const model: LoadedModel = {
    ...tinyModel({ batch: 2 }),
    inputs: inputs.map(([name, dtype]) => ({ name, dtype, shape: [2, 4] })),
  };
  return rawRepresentation(model, { ...tinyDataset(), fields });
};

test('of texts alone, how often each token is in them; labels do not count', async () => {
  const represent = of(
    [
      ['words', 'int32'],
      ['label', 'int32'],
    ],
    [field('words', 'Tokens', 4, 3000), field('label', 'Class', 2)],
  );
  const { shape, data } = await represent({ words: ids, label });
  // 2049 shares a column with 1.
  expect(shape).toEqual([2, 2048]);
  const rows = [0, 2048]
    .map((from) => Array.from(data).slice(from, from + 2048))
    .map((row) => [...row.slice(0, 4), row.reduce((a, b) => a + b, 0)]);
  expect(rows).toEqual([
    [1, 1, 2, 0, 4],
    [0, 3, 1, 0, 4],
  ]);
  const few = of([['words', 'int32']], [field('words', 'Tokens', 4, 3)]);
  const small = { shape: [2, 2], data: Int32Array.from([0, 2, 2, 2]) };
  expect(await few({ words: small })).toEqual({ shape: [2, 3], data: Float32Array.from([1, 0, 1, 0, 0, 2]) });
});

test('beside numbers texts do not count', async () => {
  const fields = [field('x', 'Tensor', 4), field('words', 'Tokens', 4, 3000)];
  const represent = of(
    [
      ['x', 'float32'],
      ['words', 'int32'],
    ],
    fields,
  );
  const x = { shape: [2, 4], data: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]) };
  expect(await represent({ x, words: ids })).toEqual(x);
});
