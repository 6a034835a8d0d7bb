/** An energy whose body takes its parameters apart by position means the same for one example and for each of `batch(y)`. */
import { describe, expect, test } from 'vitest';
import { evaluate, lossGraph, numbers, typedModel } from '../reference/models.js';
import { distance } from '../std/run.js';

/** Bodies of `E(x, y)` for two sets of vectors `[3, 4]`, and the same by a function whose parameters have shapes. */
const bodies: Readonly<Record<string, string>> = {
  'sums over all': 'sum(square(x - y))',
  'a mean over the first axis': 'squared(mean(x, axis: 0), mean(y, axis: 0))',
  'rows of a table': 'squared(mean(words[int(abs(x[:, 0]))], axis: 0), mean(words[int(abs(y[:, 0]))], axis: 0))',
  'one element': 'square(x[0, 1] - y[0, 1])',
  'a layer, then the first axis': 'squared(mean(f(x), axis: 0), mean(f(y), axis: 0))',
  'a product': 'mean(abs(matmul(x, transpose(y))))',
  'a pipe': 'squared(x |> f |> pooled, y |> f |> mean(axis: 0))',
  'some by position, some not': 'squared(pooled(x), pooled(y)) + sum(x * y)',
};

const terms = ['E(x, y) + logsumexp(-E(x, batch(y)))', 'nt_xent(E, x, y, 0.5)', 'symmetric_info_nce(E, x, y)'];

function outputs(energy: string, term: string) {
  const model = typedModel(
    `use std.energies { squared }
use std.layers { linear }
use std.regularizers { nt_xent, symmetric_info_nce }
fn pooled(x: [n, d]) -> [d] = mean(x, axis: 0)
model M {
  data x: [3, 4]
  data y: [3, 4]
  encoder f = linear(4)
  param words: [2, 4] = normal([2, 4])
  ${energy}
  minimize {
    contrast: ${term}
    size: sum(square(f(x))) + sum(square(words))
  }
  representation pooled(f(x))
}
`,
    5,
  );
  const names = model.states.map(({ name }) => name);
  const states = Object.fromEntries(model.states.map((s, k) => [s.name, numbers(s.type.shape.map(Number), k + 3)]));
  const inputs = { x: numbers([5, 3, 4], 1), y: numbers([5, 3, 4], 2) };
  const wrt = names.filter((name) => name.startsWith('f/') || name === 'words');
  return evaluate(lossGraph(model, { wrt: [...wrt, 'x', 'y'] }), inputs, states);
}

describe.each(Object.entries(bodies))('%s', (_, body) => {
  test.each(terms)('%s', (term) => {
    const plain = outputs(`energy E(x, y) = ${body}`, term);
    const typed = outputs(`energy E(x: [n, d], y: [n, d]) = ${body}`, term);
    expect(Object.keys(plain)).toEqual(Object.keys(typed));
    for (const [name, value] of Object.entries(typed)) expect(distance(plain[name]!, value), name).toBeLessThan(1e-12);
  });
});
