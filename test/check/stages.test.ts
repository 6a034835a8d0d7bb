/** Stages, frozen copies and `before epoch`, written wrongly in the ways people will. */
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { formatDiagnostic } from '../../src/diagnostics/index.js';
import { library } from '../std/run.js';

const program = `use std.energies { mean_square }
use std.layers { linear, batch_norm }
use std.regularizers { variance }

model M {
  data x: [16]
  view a, b of x = x + 0.1 * normal([16])
  encoder f = both
  encoder old = frozen(f)
  state centres: [4, 8] = normal([4, 8])
  energy E(u, v) = mean_square(f(u), f(v))
  minimize {
    near: E(a, b)
    spread: variance(f(a)) + variance(f(b))
    kept: where(stage() > 0, mean_square(f(a), old(a)), 0)
    clustered: min c in centres { mean_square(f(a), c) }
  }
  before epoch { centres = examples(f(x), 4) }
  representation f(x)
}

net both()(x: [d]) -> [8] = x |> linear(8) |> batch_norm

dataset early = csv("early.csv") { x: [16] }
dataset late = csv("late.csv") { x: [16] }

train M on early.train then late.train { epochs: 3 }
`;

const check = (text: string) => checkFile({ path: 'm.ebm', text }, library).diagnostics;

test('nothing is said of what is right', () => {
  expect(check(program).map((d) => formatDiagnostic(d))).toEqual([]);
});

test.each([
  ['after epoch', 'before epoch', 'EBM1007', 'and `before epoch`, by values of the data set'],
  ['before step', 'before epoch', 'EBM1007', 'states change `after step`'],
  ['examples(f(x), 0)', 'examples(f(x), 4)', 'EBM2013', 'a whole number above 0'],
  ['examples(f(x))', 'examples(f(x), 4)', 'EBM2081', 'examples(value, count)'],
  ['f(x) |> examples(4)', 'examples(f(x), 4)', 'EBM2081', 'around the value of one example'],
  ['examples(normal([4, 8])[0], 4)', 'examples(f(x), 4)', undefined, ''],
  ['examples(centres[0], 4)', 'examples(f(x), 4)', 'EBM2030', 'examples'],
  ['examples(f(x - batch.mean(x)), 4)', 'examples(f(x), 4)', 'EBM2083', 'there is none as an epoch begins'],
  ['f(x)', 'examples(f(x), 4)', 'EBM2038', 'examples(f(x), 4096)'],
  ['examples(f(x), 5)', 'examples(f(x), 4)', 'EBM2012', '[5, 8]'],
  ['frozen(f, since: "month")', 'frozen(f)', 'EBM2013', '"epoch" or "stage"'],
  ['frozen(variance)', 'frozen(f)', 'EBM2013', 'an encoder, a `param` or a state of this model'],
  ['early.train, late.train', 'early.train then late.train', 'EBM1010', 'joined by `then`'],
  ['[early.train, late.train]', 'early.train then late.train', 'EBM2051', 'several in turn: `a then b`'],
  ['early.train then 3', 'early.train then late.train', 'EBM2051', '`then` must be a data set'],
  ['early.train then lade.train', 'early.train then late.train', 'EBM2001', 'late'],
  ['early.train', 'early.train then late.train', 'EBM2080', 'there is one stage'],
  ['minimize over old {', 'minimize {', 'EBM2043', 'old'],
] as const)('%s instead of %s is %s', (wrong, right, code, told) => {
  const found = check(program.replace(right, wrong));
  expect(found.map((d) => d.code)).toEqual(code === undefined ? [] : expect.arrayContaining([code]));
  expect(found.map((d) => formatDiagnostic(d)).join('\n')).toContain(told);
});

test('fields of every stage have to fit', () => {
  const found = check(program.replace('csv("late.csv") { x: [16] }', 'csv("late.csv") { x: [15] }'));
  expect(found.map((d) => d.code)).toEqual(['EBM2052']);
});

test('what is trained on one data set has no stage before: also in a comparison, and of `stage()` alone', () => {
  const compared = program.replace(/train M .*/, 'compare M on early { epochs: 3 }');
  expect(check(compared).map((d) => d.code)).toEqual(['EBM2080']);
  const numbered = program.replace(' then late.train', '').replace('frozen(f)', 'frozen(f, since: "epoch")');
  const [diagnostic] = check(numbered);
  expect(diagnostic!.code).toBe('EBM2080');
  expect(diagnostic!.message).toContain('`stage()` in `M` is always 0');
});

test('a parameter has averages and frozen copies too, one for each decay and period', () => {
  const parameters = program
    .replace(
      'state centres',
      'param codes: [4, 8] = normal([4, 8])\n  let slow = ema(codes, decay: 0.99)\n  let fast = ema(codes, decay: 0.5)\n  let kept = frozen(codes)\n  state centres',
    )
    .replace('mean_square(f(a), c) }', 'mean_square(f(a), c) } + mean_square(codes, slow) + mean_square(fast, kept)');
  const { models, diagnostics } = checkFile({ path: 'm.ebm', text: parameters }, library);
  expect(diagnostics).toEqual([]);
  const copies = models[0]!.states.filter(({ copy }) => copy?.source === 'codes');
  expect(copies.map(({ role, copy }) => [role, copy!.follows.kind]).sort()).toEqual([
    ['frozen', 'start'],
    ['target', 'average'],
    ['target', 'average'],
  ]);
});

test('a gradient into a frozen copy is none: the encoder it copies is trained through its own calls alone', () => {
  const stuck = program
    .replace(/ {4}near: .*\n {4}spread: .*\n/, '')
    .replace(/ {4}clustered: .*\n/, '')
    .replace('mean_square(f(a), old(a))', 'mean_square(old(a), old(b))');
  expect(check(stuck).map((d) => d.code)).toContain('EBM2042');
});
