/** `mean for s in views, t in views where s != t: H(s, t)`: unrolled when compiled. */
import { nearest } from '../../diagnostics/index.js';
import type { Expr, Name } from '../../grammar/syntax-tree.js';
import { callValue } from './call.js';
import type { Elaborator } from './elaborator.js';
import { binary, evaluate } from './expression.js';
import { Scope } from './scope.js';
import { describe, missing, number, type Value } from './values.js';

type Loop = Extract<Expr, { kind: 'for' }>;

const reducers = ['sum', 'mean', 'max', 'min', 'stack', 'concat', 'list'] as const;
type Reducer = (typeof reducers)[number];

export function evaluateLoop(e: Elaborator, loop: Loop, scope: Scope): Value {
  const reducer = reducers.find((name) => name === loop.reducer.text);
  if (!reducer) {
    const slots = { name: loop.reducer.text, known: reducers, suggestion: nearest(loop.reducer.text, reducers) };
    return e.fail('EBM2062', slots, loop.reducer.span);
  }
  const values: Value[] = [];
  if (!collectRounds(e, loop, 0, new Scope(scope), values)) return missing;
  if (values.length === 0 && reducer !== 'list') return e.fail('EBM2063', { reducer }, loop.span);
  return reduce(e, reducer, values, loop);
}

/** Evaluates the body for every choice of the clauses from `at` on; false after reporting what is wrong. */
function collectRounds(e: Elaborator, loop: Loop, at: number, scope: Scope, values: Value[]): boolean {
  const clause = loop.clauses[at];
  if (!clause) {
    const holds = loop.condition ? decide(e, loop.condition, scope) : true;
    if (holds === undefined) return false;
    if (!holds) return true;
    const value = e.within(
      `in round ${values.length + 1} of for`,
      loop.span,
      () => evaluate(e, loop.body, scope),
      missing as Value,
    );
    values.push(value);
    return value.kind !== 'missing';
  }
  const items = itemsOf(e, clause.name, clause.domain, scope);
  if (!items) return false;
  return items.every((item) => {
    const inner = new Scope(scope);
    inner.define(clause.name.text, item, clause.name.span);
    return collectRounds(e, loop, at + 1, inner, values);
  });
}

function itemsOf(e: Elaborator, name: Name, domain: Expr, scope: Scope): readonly Value[] | undefined {
  const value = evaluate(e, domain, scope);
  if (value.kind === 'list') return value.items;
  if (value.kind === 'number' && typeof value.dim === 'number')
    return Array.from({ length: Math.max(0, value.dim) }, (_, i) => number(i));
  if (value.kind !== 'missing') {
    const expected = 'a list, a family of views, or a whole number known when compiled';
    e.fail('EBM2013', { what: `what \`${name.text}\` goes over`, expected, actual: describe(value) }, domain.span);
  }
  return undefined;
}

/** A condition that is known when compiled. Between tensors `==` asks whether they are one and the same value. */
function decide(e: Elaborator, expr: Expr, scope: Scope): boolean | undefined {
  if (expr.kind === 'unary' && expr.operator === 'not') {
    const inner = decide(e, expr.operand, scope);
    return inner === undefined ? undefined : !inner;
  }
  if (expr.kind === 'binary' && (expr.operator === 'and' || expr.operator === 'or')) {
    const [left, right] = [decide(e, expr.left, scope), decide(e, expr.right, scope)];
    if (left === undefined || right === undefined) return undefined;
    return expr.operator === 'and' ? left && right : left || right;
  }
  if (expr.kind === 'binary' && (expr.operator === '==' || expr.operator === '!=')) {
    const [left, right] = [evaluate(e, expr.left, scope), evaluate(e, expr.right, scope)];
    if (left.kind === 'tensor' && right.kind === 'tensor')
      return (left.node === right.node) === (expr.operator === '==');
    return known(e, expr, binary(e, expr.operator, left, right, expr.span));
  }
  return known(e, expr, evaluate(e, expr, scope));
}

function known(e: Elaborator, expr: Expr, value: Value): boolean | undefined {
  if (value.kind === 'bool') return value.value;
  if (value.kind !== 'missing') {
    const expected = 'known when compiled (a bool)';
    e.fail('EBM2013', { what: 'the condition of `where`', expected, actual: describe(value) }, expr.span);
  }
  return undefined;
}

function reduce(e: Elaborator, reducer: Reducer, values: readonly Value[], { span }: Loop): Value {
  const builtin = (name: string, args: readonly Value[]): Value =>
    callValue(
      e,
      { kind: 'builtin', name },
      args.map((value) => ({ name: undefined, value, span })),
      span,
    );
  const sum = (): Value => values.reduce((total, value) => binary(e, '+', total, value, span));
  switch (reducer) {
    case 'list':
      return { kind: 'list', items: values };
    case 'stack':
    case 'concat':
      return builtin(reducer, values);
    case 'max':
    case 'min':
      return values.reduce((best, value) => builtin(`${reducer}imum`, [best, value]));
    case 'sum':
      return sum();
    case 'mean':
      return binary(e, '/', sum(), number(values.length), span);
  }
}
