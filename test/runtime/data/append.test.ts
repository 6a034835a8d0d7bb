import { expect, test } from 'vitest';
import type { FieldDecl } from '../../../src/compiler/declarations.js';
import type { Dataset } from '../../../src/runtime/data/index.js';
import { append } from '../../../src/runtime/data/select/append.js';

/** Rows of two numbers from `first` on, and a class. */
function numbers(first: number, count: number, classes: number): Dataset {
  const field = (name: string, type: 'Array' | 'Class', shape: number[]) =>
    ({ name, type, shape }) as unknown as FieldDecl;
  return {
    name: `from ${first}`,
    fields: [field('x', 'Array', [2]), field('label', 'Class', [classes])],
    splits: ['train', 'test'],
    size: () => count,
    read: async (_split, indices, names = ['x', 'label']) => {
      const rows = Array.from(indices);
      const all = {
        x: { shape: [rows.length, 2], data: Float32Array.from(rows.flatMap((row) => [first + row, -row])) },
        label: { shape: [rows.length], data: Int32Array.from(rows, (row) => row % classes) },
      };
      return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
    },
  };
}

test('rows of each keep their places, whatever the order they are asked for in', async () => {
  const all = append([numbers(10, 3, 2), numbers(20, 2, 2), numbers(30, 4, 2)]);
  expect(all.size('train')).toBe(9);
  const { x, label } = await all.read('train', [8, 0, 4, 3, 2]);
  expect(x).toEqual({ shape: [5, 2], data: Float32Array.of(33, -3, 10, -0, 21, -1, 20, -0, 12, -2) });
  expect(label).toEqual({ shape: [5], data: Int32Array.of(1, 0, 1, 0, 0) });
  expect(Object.keys(await all.read('test', [1], ['label']))).toEqual(['label']);
});

test('a field that is not alike in all is none of theirs', async () => {
  const all = append([numbers(10, 3, 2), numbers(20, 2, 5)]);
  expect(all.fields.map(({ name }) => name)).toEqual(['x']);
  expect(Object.keys(await all.read('train', [4]))).toEqual(['x']);
});
