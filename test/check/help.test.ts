/** What is said to help where shapes do not fit, and where a name or a form is another tool's. */
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { library } from '../std/run.js';

const program = (term: string, body = '') => `use std.layers { linear }
use std.energies { mean_square }

fn dotted(u: [d], v: [d]) = sum(u * v)
fn scaled(z: [d]) {
  ${body || 'let n = sum(z)'}
  z / n
}
net placed(size: int)(x: [n, d], at: [n] = iota(size)) -> [n, d] = x + reshape(float(at), [n, 1])

model M {
  data x: [16]
  view v[2] of x = x + 0.1 * normal([16])
  encoder f = linear(8)
  encoder g = placed(4)
  param w: [10, 8] = normal([10, 8])
  state queue: [4, 8] = normal([4, 8])
  let z = list for u in v: f(u)
  let rows = reshape(f(x), [4, 2])
  energy E(a, b) = mean_square(scaled(a), scaled(b))
  minimize { near: E(z[0], z[1]) + sum(queue) + sum(w), other: ${term} }
  representation f(x)
}
`;

const helpFor = (term: string, body?: string) =>
  checkFile({ path: 'm.ebm', text: program(term, body) }, library, { analyses: false }).diagnostics.flatMap(
    ({ code, help }) => [code, ...help],
  );

test.each([
  ['matmul(z[0], w)', 'EBM2010', 'the other way round it is [10]: `matmul(b, a)`'],
  ['sum(matmul(w, queue))', 'EBM2010', 'with the second transposed it is [10, 4]: `matmul(a, transpose(b))`'],
  ['sum(matmul(queue, ones([4])))', 'EBM2010', 'with the first transposed it is [8]: `matmul(transpose(a), b)`'],
  [
    'sum(concat(z[0], queue))',
    'EBM2010',
    '[8] is a row of [4, 8]: `batch(x)` has those of all examples, `reshape(x, [1, 8])` this one',
  ],
  [
    'sum(queue * ones([4]))',
    'EBM2010',
    'axes are aligned from the last one: `reshape(x, [4, 1])` has one value for each of the first',
  ],
  [
    'mean(z)',
    'EBM2013',
    'a list is gone over, `mean for v in views: v` (or `sum`, `max`, `min`), or made a tensor with one more axis, `stack(views)`',
  ],
  ['f', 'EBM2013', 'a network has a value where it is called: `f(x)`'],
  ['sum(queue.T)', 'EBM2025', 'functions are called on a tensor, not asked of it: `transpose(x)`'],
  ['sum(queue.mean())', 'EBM2025', 'functions are called on a tensor, not asked of it: `mean(x)`'],
  ['sum(stop_gradient(queue))', 'EBM2001', 'here it is `stop`'],
  ['mse(z[0], z[1])', 'EBM2001', 'here it is `mean_square`: `use std.energies { mean_square }` brings it in'],
  ['norm(z[0])', 'EBM2001', 'here it is `sqrt(sum(square(x)))`'],
  ['E(z[0])', 'EBM2020', 'it takes (a, b)'],
  ['sum(g(rows[0:3]))', 'EBM2011', 'give it: `at: ...` of shape [3]'],
])('%s', (term, ...told) => {
  expect(helpFor(term)).toEqual(told);
});

test('a number of rows against another of examples: what goes over both', () => {
  const [code, ...help] = helpFor('mean(dotted(queue, batch(z[0])))');
  expect(code).toBe('EBM2010');
  expect(help[0]).toContain('they must be as long');
  expect(help[1]).toContain('`E(x, batch(y))`');
});

test('a new name without `let` is told once, and is known after that', () => {
  expect(helpFor('0', 'n = sum(z)')).toEqual([
    'EBM2001',
    '`=` gives a name from above its next value; a new one is given by `let n = ...`',
  ]);
});

test('a value of its shape is no mistake', () => {
  expect(helpFor('sum(g(rows)) + sum(g(rows[0:3], at: iota(3)))')).toEqual([]);
});
