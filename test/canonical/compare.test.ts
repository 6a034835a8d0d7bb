/** What `ebmc diff` says of two models, and of two comparisons. */
import { describe, expect, test } from 'vitest';
import { compareComparisons, compareModels, compareSettings } from '../../src/compiler/canonical/index.js';
import type { EvaluateDecl } from '../../src/compiler/declarations.js';
import { checkFile } from '../../src/compiler/index.js';
import { library } from '../std/run.js';
import { changed, model, read } from './forms.js';

const vicreg = read('vicreg');
const say = (a: string, b: string): string[] =>
  compareModels(model(a), model(b)).map(({ part, name, change, what }) => `${change} ${part} ${name}: ${what}`);

describe('between two models', () => {
  test.each([
    ['nothing but names', changed(vicreg, [/encoder f/, 'encoder back'], ['f(', 'back(']), []],
    ['a weight', changed(vicreg, ['25 * E(a, b)', 'E(a, b)']), ['changed term invariance: weight 25/256 → 1/256']],
    [
      'a sum for a mean',
      changed(vicreg, ['mean_square', 'squared']),
      expect.arrayContaining(['changed term invariance: weight 25/256 → 25 (a sum of 256 instead of their mean)']),
    ],
    [
      'the scale of views',
      changed(vicreg, ['0.7..1.0', '0.08..1.0']),
      ['changed view a: numbers 0.7 → 0.08, 0.3 → 0.92', 'changed view b: numbers 0.7 → 0.08, 0.3 → 0.92'],
    ],
    [
      'a term dropped',
      changed(vicreg, [/ {4}invariance: .*\n/, '']),
      expect.arrayContaining([expect.stringMatching(/^dropped term invariance: 25\/256 · Σ/)]),
    ],
    [
      'the width of an encoder',
      changed(vicreg, ['hidden: 256', 'hidden: 128']),
      expect.arrayContaining([expect.stringMatching(/^changed encoder h: \d+ → \d+ parameters/)]),
    ],
  ])('%s', (_, other, expected) => {
    expect(say(vicreg, other)).toEqual(expected);
  });
});

test('settings differ one by one', () => {
  const span = { source: { path: '', text: '' }, start: 0, end: 0 };
  const one: EvaluateDecl = {
    model: 'M',
    dataset: 'd',
    neighbours: 20,
    labels: [1],
    measures: [],
    transfers: [],
    span,
  };
  expect(compareSettings('evaluate', '', one, { ...one, neighbours: 5, span: { ...span, end: 9 } })).toEqual([
    { part: 'evaluate', name: '', change: 'changed', what: 'neighbours 20 → 5' },
  ]);
  expect(compareSettings('evaluate', '', one, undefined)).toEqual([
    { part: 'evaluate', name: '', change: 'dropped', what: '' },
  ]);
});

describe('between two comparisons', () => {
  const head = `use examples.simclr { SimCLR }
use examples.vicreg { VICReg }
dataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }
`;
  const decl = (text: string) => {
    const { compare, diagnostics } = checkFile({ path: 'c.ebm', text: head + text }, library, { analyses: false });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    return compare;
  };
  const said = (a: string, b: string): string[] =>
    compareComparisons(decl(a), decl(b)).map(({ name, change, what }) => `${change} ${name}: ${what}`);
  const one = 'compare SimCLR, VICReg on digits { epochs: 2, batch: 64 }';

  test('text is not meaning', () => {
    expect(said(one, one.replace('epochs: 2, batch: 64', 'batch: 64\n  epochs: 2\n  ranked_by: linear'))).toEqual([]);
  });

  test('what all are given is said once, what one is given by its name', () => {
    const other = `compare SimCLR, VICReg on digits {
      seconds: 9, batch: 32, ranked_by: knn, VICReg: train(optimizer: sgd(rate: 0.1))
    }`;
    const lines = said(one, other);
    expect(lines.filter((line) => !line.startsWith('changed VICReg'))).toEqual([
      'changed : budget "2 epochs" → "9 seconds"',
      'changed : ranked_by "linear" → "knn"',
      'changed : batch 64 → 32',
    ]);
    expect(lines).toContainEqual(expect.stringMatching(/^changed VICReg: optimizer\.name "\w+" → "sgd"$/));
  });

  test('who competes, what is tuned, and that there is none', () => {
    const other = 'compare SimCLR on digits { epochs: 2, batch: 64, optimizer: adamw(rate: tuned(1e-3, 2e-3)) }';
    const lines = said(one, other);
    expect(lines[0]).toBe('dropped VICReg: ');
    expect(lines).toContain('changed : tuned.optimizer.rate as by default → [0.001,0.002]');
    // What ranks chooses too where it is named: k-NN where it is not.
    expect(said(other, other.replace('batch: 64', 'batch: 64, ranked_by: linear'))).toEqual([
      'changed : tuned(…) by "knn" → "linear"',
    ]);
    expect(said(one, '')).toEqual(['dropped : ']);
    expect(said('', '')).toEqual([]);
  });
});
