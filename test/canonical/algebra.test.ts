/** The normal form of formulas: what it identifies has the same value, and what has another value it does not identify. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Algebra } from '../../src/compiler/canonical/algebra.js';
import type { Expression } from '../../src/compiler/canonical/expression.js';

type Tree =
  | { readonly kind: 'leaf'; readonly name: 'a' | 'b' | 'c' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'add' | 'sub' | 'mul'; readonly left: Tree; readonly right: Tree };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constant('leaf' as const), name: fc.constantFrom('a' as const, 'b' as const, 'c' as const) }),
    fc.record({ kind: fc.constant('number' as const), value: fc.integer({ min: -4, max: 4 }) }),
    fc.record({
      kind: fc.constantFrom('add' as const, 'sub' as const, 'mul' as const),
      left: tie('tree'),
      right: tie('tree'),
    }),
  ),
}));

const algebra = new Algebra(({ declared }) => declared);
const leaves = Object.fromEntries(
  ['a', 'b', 'c'].map((declared) => [declared, algebra.at(algebra.leaf({ kind: 'data', declared, moves: false }), [])]),
);

function formula(t: Tree): Expression {
  if (t.kind === 'leaf') return leaves[t.name]!;
  if (t.kind === 'number') return algebra.number(t.value);
  const [x, y] = [formula(t.left), formula(t.right)];
  if (t.kind === 'mul') return algebra.multiply([x, y].map((factor) => ({ factor, exponent: 1 })));
  return t.kind === 'sub' ? algebra.subtract(x, y) : algebra.add([x, y].map((term) => ({ term, coefficient: 1 })));
}

type Values = Readonly<Record<string, number>>;

function valueOfTree(t: Tree, at: Values): number {
  if (t.kind === 'leaf') return at[t.name]!;
  if (t.kind === 'number') return t.value;
  const [x, y] = [valueOfTree(t.left, at), valueOfTree(t.right, at)];
  return t.kind === 'mul' ? x * y : t.kind === 'sub' ? x - y : x + y;
}

function worth(x: Expression, at: Values): number {
  switch (x.kind) {
    case 'number':
      return x.value;
    case 'sum':
      return x.terms.reduce((sum, { term, coefficient }) => sum + coefficient * worth(term, at), x.constant);
    case 'product':
      return x.factors.reduce((product, { factor, exponent }) => product * worth(factor, at) ** exponent, 1);
    case 'at':
      return at[x.tensor.leaf!.declared]!;
    default:
      throw new Error(`no value of ${x.kind}`);
  }
}

/** Operands exchanged everywhere. */
function mirrored(t: Tree): Tree {
  if (t.kind === 'leaf' || t.kind === 'number') return t;
  const [left, right] = [mirrored(t.left), mirrored(t.right)];
  if (t.kind !== 'sub') return { ...t, left: right, right: left };
  return { kind: 'add', left: { kind: 'mul', left: { kind: 'number', value: -1 }, right }, right: left };
}

const points: readonly Values[] = [
  { a: 1.25, b: -0.5, c: 2 },
  { a: -2, b: 3, c: 0.75 },
];

describe('sums and products', () => {
  test('have the value of what they are made of', () => {
    fc.assert(
      fc.property(tree, (t) => {
        for (const at of points) {
          const expected = valueOfTree(t, at);
          expect(Math.abs(worth(formula(t), at) - expected)).toBeLessThan(1e-7 * (1 + Math.abs(expected)));
        }
      }),
    );
  });

  test('are the same whatever the order of operands', () => {
    fc.assert(
      fc.property(tree, (t) => {
        expect(formula(mirrored(t))).toBe(formula(t));
      }),
    );
  });

  test('are the same with a number taken out and put back', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom(0.5, 3, -2, 1 / 7), (t, c) => {
        const x = formula(t);
        expect(algebra.scale(algebra.scale(x, c), 1 / c)).toBe(x);
        expect(algebra.power(algebra.scale(x, c), 2)).toBe(algebra.scale(algebra.power(x, 2), c * c));
      }),
    );
  });
});

test('a square has no sign, a root of a square keeps it', () => {
  const [a, b] = [leaves['a']!, leaves['b']!];
  expect(algebra.power(algebra.subtract(a, b), 2)).toBe(algebra.power(algebra.subtract(b, a), 2));
  expect(algebra.power(algebra.power(a, 2), 0.5)).not.toBe(a);
  expect(algebra.power(algebra.power(a, 0.5), 2)).toBe(a);
});
