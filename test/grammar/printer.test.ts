import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseModule, printModule } from '../../src/grammar/index.js';
import type { Module } from '../../src/grammar/syntax-tree.js';
import { bare, modules } from './trees.js';

const read = (text: string) => {
  const { module, diagnostics } = parseModule({ path: 'test.ebm', text });
  expect(diagnostics.map((d) => `${d.message} in\n${text}`)).toEqual([]);
  return module;
};

/** Doc comments of generated trees are not printed from the tree but from the comments, which they have none of. */
const withoutDocs = (tree: unknown) =>
  JSON.parse(JSON.stringify(bare(tree), (key, value) => (key === 'doc' ? undefined : value)));

test('a printed tree reads as the same tree and prints as the same text', () => {
  fc.assert(
    fc.property(modules, (tree) => {
      const text = printModule(tree as unknown as Module);
      const again = read(text);
      expect(withoutDocs(again)).toEqual(withoutDocs(tree));
      expect(printModule(again)).toBe(text);
    }),
    { numRuns: 300, seed: 3 },
  );
}, 60_000);

const messy = `
// the first comment


use   std.vision {resnet18,simclr_views}
use std.heads { mlp } // heads
/// A model.
/// In two lines.
model SimCLR( temperature=0.5 ) { // opens
  data x: Image[32,32,3]


  view a,b of x=simclr_views(size:32) // views
  /// the encoder
  encoder f = resnet18(stem: small,   // inside
      depth: 3)
  energy E(x, y) = cosine(f(x), (f(y)))
  minimize { contrast: info_nce(E, a, b, temperature), other: 2 }
  representation
    f(x)
  // dangling
}
fn half(x: [..., d]) -> [..., d] =
  x / 2
fn long(x) = concat(first_part_of_a_long_name(x), second_part_of_a_long_name(x), third_part_of_a_long_name(x), axis: 0)
net n(a = 1)(x) {
  let y = x |> linear(1000000) |> batch_norm |> relu |> linear(1000000) |> batch_norm |> relu |> linear(10)
  repeat i in 3 { y = y * (2 + i) }
  // the result
  -y
}
train SimCLR on digits.train { epochs: 20, batch: 256 // few
  optimizer: lars(rate: 0.3)
  // last
}
// end`;

test('the canonical form', async () => {
  await expect(printModule(read(messy))).toMatchFileSnapshot('golden/messy.ebm');
});

const comments = (text: string) =>
  read(text)
    .comments.map((c) => c.text.replace(/^\/+ ?/, ''))
    .sort();

test('keeps comments and tree, and is idempotent', () => {
  const once = printModule(read(messy));
  expect(printModule(read(once))).toBe(once);
  expect(bare(read(once))).toEqual(bare(read(messy)));
  expect(comments(once)).toEqual(comments(messy));
});

test('comments at any place are kept', () => {
  const tokens = messy
    .split('\n')
    .map((line) => line.replace(/\/\/.*/, ''))
    .join('\n')
    .split(/(\s+)/);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(tokens.length - 1), fc.constantFrom('// c', '/// d')), { maxLength: 6 }),
      (places) => {
        const parts = [...tokens];
        for (const [at, comment] of places) parts[at] += ` ${comment}\n`;
        const text = parts.join('');
        const { module, diagnostics } = parseModule({ path: 'test.ebm', text });
        fc.pre(diagnostics.length === 0);
        const once = printModule(module);
        expect(comments(once)).toEqual(comments(text));
        expect(printModule(read(once))).toBe(once);
        expect(bare(read(once))).toEqual(bare(module));
      },
    ),
    { numRuns: 300, seed: 5 },
  );
}, 60_000);

test('parentheses stay only where precedence needs them', () => {
  const text = (e: string) =>
    printModule(read(`fn f(x) = ${e}\n`))
      .slice('fn f(x) = '.length)
      .trim();
  const same = [
    'a + b * c',
    '(a + b) * c',
    'a - (b - c)',
    '-x ^ 2',
    '(-x) ^ 2',
    '2 ^ -x',
    'a ^ b ^ c',
    '(a ^ b) ^ c',
    'not a == b',
    '(not a) == b',
    '(a |> f)(x)',
    'a |> f |> g',
    '1..2 + 3',
    '(if a then b else c) + 1',
    'if a then b |> f else c',
    'a |> (b |> c)',
    '0.08..1.0',
    '-(a + b)',
    'x[:, 0][1:]',
  ];
  for (const e of same) expect(text(e)).toBe(e);
  expect(text('((a) + (b * c))')).toBe('a + b * c');
  expect(text('(a ^ (b ^ c))')).toBe('a ^ b ^ c');
  expect(text('(a |> f) |> g')).toBe('a |> f |> g');
});
