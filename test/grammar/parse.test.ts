import { expect, test } from 'vitest';
import { parseModule } from '../../src/grammar/index.js';
import { EbmParser } from '../../src/grammar/parser.js';
import type { Expr } from '../../src/grammar/syntax-tree.js';
import { programs } from './programs.js';
import { bare } from './trees.js';

function read(text: string) {
  const { module, diagnostics } = parseModule({ path: 'test.ebm', text });
  expect(diagnostics.map((d) => d.message)).toEqual([]);
  return module;
}

test('the grammar has no ambiguities or left recursion', () => {
  expect(() => new EbmParser(true)).not.toThrow();
});

test.each(Object.entries(programs))('%s parses', async (name, text) => {
  await expect(`${JSON.stringify(bare(read(text)), undefined, 1)}\n`).toMatchFileSnapshot(`golden/${name}.tree.json`);
});

test('every span covers the text of its node', () => {
  const text = 'fn f(x) = (a + b) * c[1:2].d |> g(k: 2)';
  const [item] = read(text).items;
  const seen: string[] = [];
  const visit = (e: Expr) => {
    seen.push(text.slice(e.span.start, e.span.end));
    if (e.kind === 'pipe' || e.kind === 'binary') [e.left, e.right].forEach(visit);
    if (e.kind === 'member' || e.kind === 'index') visit(e.subject);
  };
  if (item?.kind === 'fn' && item.body.result) visit(item.body.result);
  expect(seen).toEqual([
    '(a + b) * c[1:2].d |> g(k: 2)',
    '(a + b) * c[1:2].d',
    '(a + b)',
    'a',
    'b',
    'c[1:2].d',
    'c[1:2]',
    'c',
    'g(k: 2)',
  ]);
});

/** The shape of an expression, with every operation in brackets. */
function sketch(e: Expr): string {
  switch (e.kind) {
    case 'number':
      return e.text;
    case 'name':
      return e.name.text;
    case 'binary':
      return `(${sketch(e.left)} ${e.operator} ${sketch(e.right)})`;
    case 'pipe':
      return `(${sketch(e.left)} |> ${sketch(e.right)})`;
    case 'range':
      return `(${sketch(e.low)} .. ${sketch(e.high)})`;
    case 'unary':
      return `(${e.operator} ${sketch(e.operand)})`;
    case 'if':
      return `(if ${sketch(e.condition)} ${sketch(e.then)} ${sketch(e.otherwise)})`;
    case 'call':
      return `${sketch(e.callee)}(${e.args.map((a) => sketch(a.value)).join(', ')})`;
    case 'member':
      return `${sketch(e.subject)}.${e.member.text}`;
    default:
      return e.kind;
  }
}

test.each([
  ['a + b * c', '(a + (b * c))'],
  ['a - b - c', '((a - b) - c)'],
  ['a ^ b ^ c', '(a ^ (b ^ c))'],
  ['-a ^ b', '(- (a ^ b))'],
  ['a ^ -b * c', '((a ^ (- b)) * c)'],
  ['-a * b', '((- a) * b)'],
  ['not a == b and c', '((not (a == b)) and c)'],
  ['a or b and c', '(a or (b and c))'],
  ['a + 1..b * 2', '((a + 1) .. (b * 2))'],
  ['0.08..1.0', '(0.08 .. 1.0)'],
  ['1..2', '(1 .. 2)'],
  ['a |> f |> g', '((a |> f) |> g)'],
  ['a + b |> f', '((a + b) |> f)'],
  ['if a then b else c + d', '(if a b (c + d))'],
  ['if a then b else c |> f', '(if a b (c |> f))'],
  ['batch.mean(z)', 'batch.mean(z)'],
  ['10% * view', '(10% * view)'],
  ['a\n  |> f\n  + b', '(a |> (f + b))'],
])('%s', (text, wanted) => {
  const [item] = read(`fn f(x) = ${text}\n`).items;
  expect(item?.kind === 'fn' && item.body.result && sketch(item.body.result)).toBe(wanted);
});

test('a bracket or `-` that begins a line begins an expression', () => {
  const [item] = read(
    'fn f(x) {\n  let a = b\n  (c)\n}\nfn g(x) {\n  let a = b\n  [c]\n}\nfn h(x) {\n  let a = b\n  -c\n}\n',
  ).items;
  expect(item?.kind === 'fn' && [item.body.statements.length, item.body.result?.kind]).toEqual([1, 'name']);
});

test('soft keywords are names', () => {
  read(
    'net n(view: int)(data: [d], of) {\n  let mask = view\n  param = mask\n  train = evaluate(at: m, mask: 1, data: data)\n  representation\n}',
  );
  read(
    'model M {\n  data view: [4]\n  view data, mask of view = f(x: 1)\n  encoder encoder = energy\n  energy energy(x, y) = representation(x)\n}',
  );
});

test('doc comments belong to what follows', () => {
  const [model] = read('// no\n/// One.\n/// Two.\nmodel M {\n  /// Data.\n  data x: [4]\n}').items;
  expect(model?.doc).toEqual(['One.', 'Two.']);
  expect(model?.kind === 'model' && model.members[0]?.doc).toEqual(['Data.']);
});

test('an empty file is a module without items', () => {
  expect(read('').items).toEqual([]);
});
