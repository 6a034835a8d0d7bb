/** std.matrices: determinants. */
import { expect, test } from 'vitest';
import { array, run } from './run.js';

const uses = 'use std.matrices { log_determinant }';
const matrix = [
  [4, 1, 0.5],
  [1, 3, -0.25],
  [0.5, -0.25, 2],
];
// 4 (3 · 2 - 0.0625) - 1 (2 + 0.125) + 0.5 (-0.25 - 1.5)
const determinant = 20.75;

test('the logarithm of a determinant', () => {
  const { value } = run(uses, 'log_determinant(a)', { a: array(matrix) });
  expect(value!.data[0]).toBeCloseTo(Math.log(determinant), 12);
});

test('of one number', () => {
  expect(run(uses, 'log_determinant(a)', { a: array([[5]]) }).value!.data[0]).toBeCloseTo(Math.log(5), 12);
});
