/** Draws inside encoders: which calls share them, which do not, and that there are none where the model is used. */
import { expect, test } from 'vitest';
import { topological } from '../../src/compiler/graph/schedule.js';
import type { Node } from '../../src/compiler/graph/types.js';
import { model } from '../canonical/forms.js';
import { array, prepare } from '../std/run.js';

const program = (minimize: string, views = 'x + 0.1 * normal([16])') => `use std.layers { linear, dropout }
use std.energies { cosine }
use std.regularizers { info_nce }

net noisy(out: int)(x: [d]) -> [out] = x |> linear(out) |> dropout(0.5)

model M {
  data x: [16]
  view a, b of x = ${views}
  encoder f = noisy(8)
  energy E(u, v) = cosine(f(u), f(v))
  minimize { term: ${minimize} }
  representation f(x)
}
`;

const sites = (root: Node): string[] =>
  topological([root])
    .filter(({ op }) => op.startsWith('random_'))
    .map(({ attrs }) => String(attrs['site']))
    .filter((site) => site.startsWith('f/'))
    .sort();
const sitesOf = (minimize: string, views?: string) => sites(model(program(minimize, views)).terms[0]!.node);

test('an encoder draws apart for what it is called on', () => {
  expect(sitesOf('E(a, b)')).toEqual(['f/uniform_1', 'f/uniform_1#2']);
});

test('called on the same again it draws the same, of one example or of all', () => {
  expect(sitesOf('info_nce(E, a, b) + E(b, a)')).toEqual(['f/uniform_1', 'f/uniform_1#2']);
  expect(sitesOf('sum(f(a)) * sum(f(a))')).toEqual(['f/uniform_1']);
});

test('views are told apart where they are the same value', () => {
  expect(sitesOf('E(a, b)', 'x')).toEqual(['f/uniform_1', 'f/uniform_1#2']);
});

test('where the model is used nothing is dropped', () => {
  expect(sites(model(program('E(a, b)')).representation)).toEqual([]);
});

test('parameters do not depend on which call makes them', () => {
  const starts = (minimize: string) =>
    model(program(minimize)).states.map(({ name, initial }) => [
      name,
      topological([initial]).map((n) => n.attrs['site']),
    ]);
  expect(starts('E(a, b)')).toEqual(starts('E(b, a)'));
});

const ones = array(Array.from({ length: 400 }, () => Array.from({ length: 5 }, (_, k) => k + 1)));
const draws = { seed: 3, step: 0 };

test('dropout: elements are 0 with the given probability, the others larger, so that the mean is kept', () => {
  const { value } = prepare('use std.layers { dropout }', 'dropout(x, 0.25)', { x: ones })(draws);
  const kept = value!.data.map((v, i) => v / ones.data[i]!);
  expect(new Set(kept.map((v) => Math.round(v * 1e9) / 1e9))).toEqual(new Set([0, 1.333333333]));
  const share = kept.filter((v) => v === 0).length / kept.length;
  // Five standard errors of 2,000 draws.
  expect(Math.abs(share - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 2000));
});

test('drop_path: all of an example or nothing', () => {
  const run = prepare('use std.layers { drop_path }', 'drop_path(x, 0.5)', { x: array([1, 2, 3, 4]) });
  const seen = new Set(Array.from({ length: 40 }, (_, step) => run({ seed: 3, step })['value']!.data.join()));
  expect(seen).toEqual(new Set(['0,0,0,0', '2,4,6,8']));
});

test('a rate of 0 changes nothing', () => {
  const { value } = prepare('use std.layers { dropout }', 'dropout(x, 0)', { x: ones })(draws);
  expect(value!.data).toEqual(ones.data);
});
