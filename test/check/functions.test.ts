/** Functions of a model: they see what it declares, and mean what their body means. */
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { parseModule, printModule } from '../../src/grammar/index.js';
import { changed, read, texts } from '../canonical/forms.js';
import { library } from '../std/run.js';

const simclr = read('simclr');

test('a function of a model is its body', () => {
  const written = changed(
    simclr,
    [/( {2}energy E)/, '  fn embed(v) = g(f(v))\n$1'],
    ['cosine(g(f(x)), g(f(y)))', 'cosine(embed(x), embed(y))'],
  );
  expect(texts(written)).toEqual(texts(simclr));
});

test('a function applied along the batch takes what it reads of this example as an energy does', () => {
  const pairs = (word: string) =>
    changed(
      simclr,
      [/( {2}energy E)/, `  ${word} likeness(z: [d]) = sum(z * g(f(a)))\n$1`],
      [/nt_xent\(.*\)/, 'logsumexp(likeness(batch(g(f(b))))) - likeness(g(f(b))) + 0 * E(a, b)'],
      [/use std.regularizers .*\n/, ''],
    );
  expect(texts(pairs('fn'))).toEqual(texts(pairs('energy')));
});

test('it is formatted like one of a module', () => {
  const messy = simclr.replace(
    /( {2}energy E)/,
    '  /// What is compared.\n  fn  embed( v:[h,w,c] )  { g( f(v) )  }\n$1',
  );
  const formatted = printModule(parseModule({ path: 'm.ebm', text: messy }).module);
  expect(formatted).toContain('  /// What is compared.\n  fn embed(v: [h, w, c]) { g(f(v)) }\n');
});

test('one that is broken is said where it is, and what follows is still of the model', () => {
  const broken = simclr.replace(/( {2}energy E)/, '  fn embed(v) = g(f(v)\n$1');
  const found = checkFile({ path: 'm.ebm', text: broken }, library).diagnostics;
  expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([
    'EBM1004 this `(` is never closed: `)` is missing',
  ]);
});

test('a function at the margin ends a model that is not closed', () => {
  const open = simclr.replace(/ {2}representation f\(x\)\n}\n/, '  representation f(x)\n\nfn twice(v) = 2 * v\n');
  const found = checkFile({ path: 'm.ebm', text: open }, library).diagnostics;
  expect(found.map(({ code, span }) => `${code} ${open.slice(span!.start, span!.end)}`)).toEqual(['EBM1004 {']);
});

test('a view may begin with what it is a view of', () => {
  const views = /view a, b of x = .*/;
  const piped = simclr.replace(views, 'view a, b of x = x |> simclr_views(size: 28)');
  expect(texts(piped)).toEqual(texts(simclr.replace(views, 'view a, b of x = simclr_views(size: 28)')));
  const kept = simclr.replace(views, 'view a of x = simclr_views(size: 28)\n  view b of x = x');
  expect(checkFile({ path: 'm.ebm', text: kept }, library, { analyses: false }).diagnostics).toEqual([]);
});
