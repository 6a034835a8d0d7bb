/** What is declared and read by nothing is told, once, and only where nothing else explains it. */
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { read } from '../canonical/forms.js';
import { library } from '../std/run.js';

const simclr = read('simclr');
const found = (text: string) =>
  checkFile({ path: 'm.ebm', text }, library, { analyses: false }).diagnostics.map((d) => d.message);
const member = (line: string) => simclr.replace(/( {2}energy E)/, `  ${line}\n$1`);

test.each([
  ['view c of x = x', 'view `c`'],
  ['mask m over x = random_mask(ratio: 0.5)', 'mask `m`'],
  ['encoder h = mlp(hidden: 8, out: 8)', 'encoder `h`'],
  ['encoder t = ema(f)', 'encoder `t`'],
  ['let z = f(a)', 'let `z`'],
  ['param w: [3] = zeros([3])', 'param `w`'],
  ['state s: [3] = zeros([3])', 'state `s`'],
  ['fn twice(v) = 2 * v', 'fn `twice`'],
])('%s', (line, what) => {
  const text = member(line).replace(
    '{ simclr_views }',
    line.includes('mask') ? '{ simclr_views, random_mask }' : '{ simclr_views }',
  );
  expect(found(text)).toEqual([`${what} is never used`]);
});

test('settings of the model, data and what `use` brings in', () => {
  expect(found(simclr.replace(/model SimCLR\(/, 'model SimCLR(margin = 1, '))).toEqual([
    'parameter `margin` is never used',
  ]);
  const labelled = simclr.replace(/( {2}data x: .*\n)/, '$1  data label: Class[10]\n');
  expect(found(labelled)).toEqual(['data `label` is never used']);
  expect(found(`use std.energies { unit }\n${simclr}`)).toEqual(['the imported `unit` is never used']);
});

test('what only the representation, an update or another function reads is used', () => {
  expect(found(member('let z = f(x)').replace('representation f(x)', 'representation z'))).toEqual([]);
  expect(
    found(member('fn embed(v) = g(f(v))').replace('cosine(g(f(x)), g(f(y)))', 'cosine(embed(x), embed(y))')),
  ).toEqual([]);
});

test('an energy may be there to be asked after training', () => {
  expect(found(member('energy Distance(u, v) = cosine(f(u), f(v))'))).toEqual([]);
});

test('beside an error nothing is called unused', () => {
  const misspelt = member('let z = f(a)').replace('nt_xent(E, a, b', 'nt_xent(E, a, bb');
  expect(found(misspelt)).toEqual(['there is nothing called `bb` here']);
});
