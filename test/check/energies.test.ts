/** Which energies of a model can be asked by themselves after training, and of what. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkFile, compileModel, defaultOptimizer } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { emitTfjs } from '../../src/compiler/targets/tfjs/emit.js';
import { texts } from '../canonical/forms.js';
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

const family = program(`  energy E(width: int, scale = 1.0)(u, v) = scale * mean_square(f(u)[:width], f(v)[:width])`);

const nested = family
  .replace('near: mean_square(f(a), f(b))', 'near: mean for k in [2, 4]: nt_xent(E(k), a, b)')
  .replace('{ variance }', '{ variance, nt_xent }');

test('a family: those that terms use, each by its settings; where none does, the one that its defaults make', () => {
  const shapes = [[16], [16]];
  expect(energiesOf(nested)).toEqual([
    { name: 'E(2, 1)', shapes },
    { name: 'E(4, 1)', shapes },
  ]);
  expect(energiesOf(family)).toEqual([]);
  expect(energiesOf(family.replace('width: int', 'width: int = 8'))).toEqual([{ name: 'E(8, 1)', shapes }]);
});

test('each of a family has the value of an energy that is written out', () => {
  const { models } = checkFile({ path: 'm.ebm', text: nested }, library);
  const writtenOut = nested
    .replace(
      'E(width: int, scale = 1.0)(u, v) = scale * mean_square(f(u)[:width], f(v)[:width])',
      'E2(u, v) = mean_square(f(u)[:2], f(v)[:2])\n  energy E4(u, v) = mean_square(f(u)[:4], f(v)[:4])',
    )
    .replace('mean for k in [2, 4]: nt_xent(E(k), a, b)', '(nt_xent(E2, a, b) + nt_xent(E4, a, b)) / 2');
  expect(models[0]!.pairs?.energy).toBe('E(2, 1)');
  expect(texts(nested).objective).toBe(texts(writtenOut).objective);
});

const told = (text: string) =>
  checkFile({ path: 'm.ebm', text }, library).diagnostics.map(({ message, help }) => [message, ...help].join('; '));

test('settings of a family come first, are known when compiled, and a family is no energy', () => {
  const first = 'its settings come first, in parentheses of their own: `E(width, scale)(u, v)`';
  expect(told(nested.replace('nt_xent(E(k), a, b)', 'E(a, b)'))).toEqual([
    `a setting of the family of energies \`E\` must be known when compiled, not a tensor [16]; ${first}`,
  ]);
  expect(told(nested.replace('E(k)', 'E'))).toEqual([
    `\`E\` of \`nt_xent\` must be of kind energy, not the family of energies E(width, scale)(u, v); one of them has its settings: \`E(width, scale)\``,
  ]);
  expect(told(nested.replace('E(k)', 'E()'))).toEqual(['`E` needs `width`; it takes (width, scale)']);
  expect(told(nested.replace('E(k)', 'E("a")'))).toEqual(['`width` of `E` must be of kind int, not the string "a"']);
});

test('targets call each of a family by a name of its own', () => {
  const signed = nested.replace('[2, 4]', '[-1, 1, 2]');
  const model = checkFile({ path: 'm.ebm', text: signed }, library).models[0]!;
  const program = compileModel(model, { optimizer: defaultOptimizer });
  expect(emitTfjs(program).manifest.energies).toEqual({
    'E(-1, 1)': 'energyE11',
    'E(1, 1)': 'energyE11_2',
    'E(2, 1)': 'energyE21',
  });
  const names = Object.keys(emitTensorflow(program).manifest.signatures);
  expect(names.filter((name) => name.startsWith('energy.'))).toEqual([
    'energy.E_1_1',
    'energy.E_1_1_2',
    'energy.E_2_1',
  ]);
});
