/** What `compare` items say: competitors, sweeps, tuned settings, budgets, differences. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { FileLibrary } from '../../src/runtime/library.js';
import { readSource } from '../../src/runtime/read-source.js';
import { library } from '../std/run.js';

const head = (text: string) => `use examples.simclr { SimCLR }
${text.includes('VICReg') ? 'use examples.vicreg { VICReg }\n' : ''}dataset digits = mnist() { x: Image[28, 28, 1], label: Class[10] }
`;

const check = (text: string, options = {}) =>
  checkFile({ path: 'c.ebm', text: head(text) + text }, library, { analyses: false, ...options });
const codes = (text: string, options = {}) => check(text, options).diagnostics.map(({ code }) => code);

test('competitors get the shared settings, their own ones, and the defaults', () => {
  const { compare, diagnostics } = check(`compare SimCLR, VICReg on digits {
    seeds: 2, epochs: 5, batch: 64, optimizer: adamw(rate: 2e-3), knn: 5, labels: [10%]
    VICReg: train(batch: 32)
  }`);
  expect(diagnostics).toEqual([]);
  expect(compare).toMatchObject({
    ...{ dataset: 'digits', seeds: [0, 1], budget: { unit: 'epochs', amount: 5 }, validation: 0.1 },
    ...{ search: { name: 'grid' }, baselines: ['untrained', 'raw', 'supervised'] },
    evaluate: { neighbours: 5, labels: [0.1] },
    competitors: [
      { name: 'SimCLR', variants: [{ chosen: {}, train: { batch: 64, optimizer: { settings: { rate: 2e-3 } } } }] },
      { name: 'VICReg', variants: [{ train: { batch: 32, optimizer: { settings: { rate: 2e-3 } } } }] },
    ],
  });
});

test('a list is a competitor each, `tuned` is one that chooses', () => {
  const { compare, diagnostics } = check(`compare SimCLR(temperature: [0.1, 0.2]), VICReg on digits {
    flops: 1e15, optimizer: adamw(rate: tuned(1e-3, 4e-3)), batch: tuned(32, 64), search: halving(factor: 2)
  }`);
  expect(diagnostics).toEqual([]);
  expect(compare?.competitors.map(({ name }) => name)).toEqual([
    'SimCLR (temperature 0.1)',
    'SimCLR (temperature 0.2)',
    'VICReg',
  ]);
  const { variants } = compare!.competitors[1]!;
  expect(variants.map(({ chosen }) => chosen)).toEqual([
    { 'optimizer.rate': 1e-3, batch: 32 },
    { 'optimizer.rate': 1e-3, batch: 64 },
    { 'optimizer.rate': 4e-3, batch: 32 },
    { 'optimizer.rate': 4e-3, batch: 64 },
  ]);
  expect(variants[3]).toMatchObject({
    parameters: { temperature: 0.2 },
    train: { batch: 64, optimizer: { settings: { rate: 4e-3 } } },
  });
  expect(compare?.search).toEqual({ name: 'halving', factor: 2 });
});

test('what ranks by default does not choose; what is named to rank does', () => {
  const of = (setting: string) => {
    const text = `compare SimCLR on digits { epochs: 1, optimizer: adamw(rate: tuned(1e-3, 4e-3))${setting} }`;
    const { rankedBy, tunedBy } = check(text).compare!;
    return [rankedBy, tunedBy];
  };
  expect([of(''), of(', ranked_by: linear'), of(', ranked_by: energy_gap')]).toEqual([
    ['linear', undefined],
    ['linear', 'linear'],
    ['energy_gap', 'energy_gap'],
  ]);
});

test('a tuned parameter of a model', () => {
  const { compare } = check('compare SimCLR(temperature: tuned(0.1, 0.5)) on digits { epochs: 1 }');
  expect(compare?.competitors).toHaveLength(1);
  expect(compare?.competitors[0]?.variants.map(({ parameters }) => parameters)).toEqual([
    { temperature: 0.1 },
    { temperature: 0.5 },
  ]);
});

test('the command line takes the place of what the file says', () => {
  const options = {
    compare: { seeds: 1, examples: 1000, 'optimizer.rate': 0.5 },
    models: { SimCLR: { temperature: 0.7 } },
  };
  const { compare, diagnostics } = check(
    'compare SimCLR(temperature: [0.1, 0.2]) on digits { epochs: 5, optimizer: adamw(rate: tuned(1, 2)) }',
    options,
  );
  expect(diagnostics).toEqual([]);
  expect(compare).toMatchObject({ seeds: [0], budget: { unit: 'examples', amount: 1000 } });
  expect(compare?.competitors.map(({ name }) => name)).toEqual(['SimCLR (temperature 0.7)']);
  expect(compare?.competitors[0]?.variants).toMatchObject([
    { parameters: { temperature: 0.7 }, train: { optimizer: { settings: { rate: 0.5 } } } },
  ]);
});

test.each([
  ['compare SimCRL on digits { epochs: 1 }', 'EBM2072'],
  ['use std.energies { cosine }\ncompare cosine on digits { epochs: 1 }', 'EBM2072'],
  ['compare SimCLR(temprature: 0.2) on digits { epochs: 1 }', 'EBM2021'],
  ['compare SimCLR(temperature: "hot") on digits { epochs: 1 }', 'EBM2051'],
  ['compare SimCLR(0.2) on digits { epochs: 1 }', 'EBM2051'],
  ['compare SimCLR, SimCLR on digits { epochs: 1 }', 'EBM2004'],
  ['compare SimCLR on digits { epochs: 1, epochs: 2 }', 'EBM2004'],
  ['compare SimCLR on digits { epochs: 1, seconds: 2 }', 'EBM2071'],
  ['compare SimCLR on digits { epochs: 0 }', 'EBM2051'],
  ['compare SimCLR on digits { seeds: [1, 1] }', 'EBM2051'],
  ['compare SimCLR on digits { seed: 1 }', 'EBM2050'],
  ['compare SimCLR on digits { baselines: [raw, supervized] }', 'EBM2050'],
  ['compare SimCLR on digits { search: halving(factor: 1) }', 'EBM2051'],
  ['compare SimCLR on digits { validation: 100% }', 'EBM2051'],
  ['compare SimCLR on digits { measures: [knn, rankme], ranked_by: rankme }', 'EBM2051'],
  ['compare SimCLR on digits { measures: [knn, rankme], ranked_by: linear }', 'EBM2051'],
  ['compare SimCLR on digits { ranked_by: [knn, linear] }', 'EBM2051'],
  ['compare SimCLR on digits { SimCLR: train(bath: 3) }', 'EBM2050'],
  ['compare SimCLR on digits { SimCLR: 3 }', 'EBM2051'],
  ['compare SimCLR on digts { epochs: 1 }', 'EBM2001'],
  ['compare SimCLR on digits { epochs: 1 }\ncompare SimCLR on digits { epochs: 2 }', 'EBM2073'],
])('%s is %s', (text, code) => {
  expect(codes(text)).toEqual([code]);
  expect(check(text).compare).toBeUndefined();
});

test.each([
  ['compare SimCLR on digits { measures: [knn, forgetting] }', ['EBM2074']],
  ['compare SimCLR on digits { measures: [knn, transfer] }', ['EBM2074']],
  ['compare SimCLR on digits { measures: [knn, transfer], transfer: digits }', []],
  ['compare SimCLR on digits then digits { measures: [knn, forgetting] }', []],
])('%s says what it cannot measure: %s', (text, said) => {
  expect(codes(text)).toEqual(said);
  expect(check(text).compare).toBeDefined();
});

test('what ranks: what is named, else the linear probe, else the first with a better side', () => {
  const rankedBy = (settings: string, options = {}) =>
    check(`compare SimCLR on digits { ${settings} }`, options).compare?.rankedBy;
  expect(rankedBy('epochs: 1')).toBe('linear');
  expect(rankedBy('measures: [pair_retrieval, knn, linear], ranked_by: pair_retrieval')).toBe('pair_retrieval');
  expect(rankedBy('measures: [rankme, alignment, knn]')).toBe('alignment');
  expect(rankedBy('measures: [rankme]')).toBeUndefined();
  expect(rankedBy('ranked_by: knn', { compare: { ranked_by: 'fine_tune' } })).toBe('fine_tune');
});

test('a stream: its stages, what is measured, and a name or a list that is no data set', () => {
  const text =
    'dataset other = mnist(limit: 100) { x: Image[28, 28, 1] }\ncompare SimCLR on digits then other { epochs: 1 }';
  const { compare } = check(text);
  expect(compare).toMatchObject({ stages: ['digits', 'other'], dataset: 'other' });
  expect(compare?.evaluate.measures).toContain('forgetting');
  expect(compare?.competitors[0]?.variants[0]?.train).toMatchObject({
    dataset: 'digits',
    later: [{ dataset: 'other' }],
  });
  expect(check(text.replace('{ epochs', '{ probe: digits, epochs')).compare?.evaluate.dataset).toBe('digits');
  expect(codes(text.replace('{ epochs', '{ probe: 3, epochs'))).toEqual(['EBM2051']);
  expect(codes(text.replace('{ epochs', '{ probe: digts, epochs'))).toEqual(['EBM2001']);
  expect(codes(text.replace('then other', 'then othr'))).toEqual(['EBM2001']);
});

test('a data set that does not fit a model of another file', () => {
  const text = 'dataset small = mnist() { x: Image[14, 14, 1] }\ncompare SimCLR on small { epochs: 1 }';
  expect(codes(text)).toEqual(['EBM2052']);
});

test('the analysis of collapse sees competitors', () => {
  const collapsing = `use std.networks { small_cnn }
use std.vision { simclr_views }
use std.energies { mean_square }
model Bad {
  data x: Image[28, 28, 1]
  view a, b of x = simclr_views(size: 28, scale: 0.7..1.0, flips: 0)
  encoder f = small_cnn(width: 16)
  energy E(x, y) = mean_square(f(x), f(y))
  minimize { agree: E(a, b) }
  representation f(x)
}
compare Bad, SimCLR on digits { epochs: 1 }`;
  expect(codes(collapsing, { analyses: true })).toEqual(['EBM3001']);
  const allowed = check(collapsing, { analyses: true, allow: ['EBM3001'] });
  expect(allowed.diagnostics.map(({ severity }) => severity)).toEqual(['warning']);
  expect(allowed.compare).toBeDefined();
});

test.each(readdirSync('examples/compare'))('examples/compare/%s compares without complaint', (name) => {
  const source = readSource(join('examples/compare', name));
  const { compare, diagnostics } = checkFile(source, new FileLibrary(source.path));
  expect(diagnostics).toEqual([]);
  expect(compare?.competitors.length).toBeGreaterThan(1);
});
