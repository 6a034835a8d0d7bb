/** What is tried and does not fit is no mistake of the program's, however often it is tried. */
import { expect, test } from 'vitest';
import { Elaborator } from '../../src/compiler/check/elaborator.js';
import { typedModel } from '../reference/models.js';

test('of an attempt nothing is kept that it reported; the same mistake counts again', () => {
  const e = new Elaborator(2, 'a.ebm');
  const fails = () => e.fail('EBM2001', { name: 'x' }, { source: { path: 'a.ebm', text: 'x' }, start: 0, end: 1 });
  for (let k = 0; k < 2; k++) expect(e.attempt(() => fails() && 1)).toBe(undefined);
  expect(e.attempt(() => 1)).toBe(1);
  expect(e.diagnostics).toEqual([]);
  fails();
  expect(e.diagnostics.map(({ code }) => code)).toEqual(['EBM2001']);
  expect(e.attempt(() => 2)).toBe(2);
  expect(e.diagnostics).toHaveLength(1);
});

const halves = (members: string, terms: string) =>
  typedModel(
    `use std.heads { mlp }
use std.energies { squared, cosine }
use std.regularizers { nt_xent }
fn half(x: [n]) -> [4] = x[0:4] + normal([4])
model M {
  data x: [8]
  view a, b of x = half
  encoder f = mlp(hidden: 8, out: 4)
  encoder g = mlp(hidden: 8, out: 4)
  ${members}
  minimize { ${terms} }
  representation f(x) + g(half(x))
}
`,
    5,
  );

test('views that are no example for the representation leave it as it is', () => {
  const model = halves('energy E(x, y) = cosine(g(x), g(y))', 'c: nt_xent(E, a, b, 0.1) + sum(square(f(x)))');
  expect(model.viewRepresentations).toBe(undefined);
  expect(model.trainingRepresentation()?.type.shape).toEqual([4]);
  // Asked again it is the same.
  expect(model.trainingRepresentation()?.type.shape).toEqual([4]);
  expect(model.pairs?.energy).toBe('E');
  expect(model.pairs?.all()?.type.shape).toHaveLength(1);
});

test('an energy that views do not fit is passed over for the next', () => {
  const model = halves(
    `energy Whole(x, y) = squared(f(x), f(y))
  energy E(x, y) = cosine(g(x), g(y))`,
    'c: nt_xent(E, a, b, 0.1) + sum(square(f(x)))',
  );
  expect(model.pairs?.energy).toBe('E');
});
