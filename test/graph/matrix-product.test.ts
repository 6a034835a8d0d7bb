import { expect, test } from 'vitest';
import { Builder } from '../../src/compiler/graph/builder.js';
import { matrixProduct } from '../../src/compiler/graph/matrix-product.js';

/** Numbers that look drawn, some of them 0. */
function numbers(count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (i % 5 === 0 ? 0 : Math.sin(i * i + 1)));
}

test.each([
  [1, 1, 1, 1],
  [2, 3, 5, 7],
  [1, 8, 4, 16],
  [3, 5, 9, 2],
  [1, 2, 0, 3],
])('%i products of %i × %i and × %i are the sums that they are defined as', (batch, rows, inner, columns) => {
  const [left, right] = [numbers(batch * rows * inner), numbers(batch * inner * columns)];
  const expected = new Float64Array(batch * rows * columns);
  for (let n = 0; n < batch; n++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        let sum = 0;
        for (let k = 0; k < inner; k++)
          sum += left[(n * rows + r) * inner + k]! * right[(n * inner + k) * columns + c]!;
        expected[(n * rows + r) * columns + c] = sum;
      }
  expect(matrixProduct(left, right, { batch, rows, columns, inner })).toEqual(expected);
});

test('the same operation on more arguments is another node', () => {
  const b = new Builder();
  const [x, y] = [b.input('x', [1]), b.input('y', [1])];
  const joined = [
    [x, y],
    [y, x],
    [x, x],
    [x, y, x],
    [x, x, y],
  ].map((args) => b.concat(args, 0));
  expect(new Set(joined).size).toBe(joined.length);
  expect(b.concat([x, y, x], 0)).toBe(joined[3]);
});
