/** What `ebmc diff` says of two models. */
import { describe, expect, test } from 'vitest';
import { compareModels, compareSettings } from '../../src/compiler/canonical/index.js';
import type { EvaluateDecl } from '../../src/compiler/declarations.js';
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
