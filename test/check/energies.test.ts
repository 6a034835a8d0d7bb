/** Which energies of a model can be asked by themselves after training, and of what. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { library } from '../std/run.js';

const energiesOf = (text: string) => {
  const { models, diagnostics } = checkFile({ path: 'm.ebm', text }, library);
  expect(diagnostics).toEqual([]);
  return models[0]!.energies.map(({ name, parameters }) => ({
    name,
    shapes: parameters.map(({ node }) => node.type.shape),
  }));
};

const picture = [28, 28, 1];

test.each(['barlow_twins', 'mmcr', 'tico', 'lejepa'])(
  '%s: an energy that no term uses is asked of two views',
  (name) => {
    expect(energiesOf(readFileSync(`examples/${name}.ebm`, 'utf8'))).toEqual([
      { name: 'E', shapes: [picture, picture] },
    ]);
  },
);

const program = (energies: string) => `use std.layers { linear }
use std.regularizers { variance }
use std.energies { mean_square }

model M {
  data x: [16]
  view a, b of x = x + 0.1 * normal([16])
  encoder f = linear(8)
${energies}
  minimize {
    near: mean_square(f(a), f(b))
    spread: variance(f(a)) + variance(f(b))
  }
  representation f(x)
}
`;

test('of one argument: of the data; of none that fits: not at all, and that is no error', () => {
  expect(energiesOf(program('  energy E(y) = sum(square(f(y)))'))).toEqual([{ name: 'E', shapes: [[16]] }]);
  expect(energiesOf(program('  energy E(u: [7], v) = sum(square(u))'))).toEqual([]);
  expect(energiesOf(program('  energy E(u, v, w) = sum(u * v * w)'))).toEqual([]);
});

test('dimensions of its signature are known in its body, arguments go by name, and parameters keep their defaults', () => {
  const used = program('  energy E(u: [d], v: [d], t = 0.5) = sum(square(u - v)) / d / t')
    .replace('use std.energies { mean_square }\n', '')
    .replace('near: mean_square(f(a), f(b))', 'near: E(v: f(a), u: f(b))');
  expect(energiesOf(used)).toEqual([{ name: 'E', shapes: [[8], [8]] }]);
});
