/** Evaluates expressions and blocks. */
import { nearest } from '../../diagnostics/index.js';
import type { Span } from '../../grammar/source.js';
import type { BinaryOperator, Block, Expr, Index, LetStatement, Statement } from '../../grammar/syntax-tree.js';
import { addDims, type Dim, divDims, mulDims, showShape, subDims } from '../graph/dim.js';
import { type Node, progressInput } from '../graph/types.js';
import { builtins } from './builtins/index.js';
import { call, callValue, type GivenArgument } from './call.js';
import type { Elaborator } from './elaborator.js';
import { elsewhere } from './elsewhere.js';
import { evaluateMinimum } from './gradient.js';
import { checkTable } from './id-bounds.js';
import { evaluateLoop } from './loops.js';
import { Scope } from './scope.js';
import { assignState, executeState, executeUpdate } from './states.js';
import { describe, dimValue, int, missing, number, type Value } from './values.js';

export function evaluate(e: Elaborator, expr: Expr, scope: Scope): Value {
  switch (expr.kind) {
    case 'number':
      return number(expr.value);
    case 'string':
      return { kind: 'string', value: expr.value };
    case 'bool':
      return { kind: 'bool', value: expr.value };
    case 'name':
      return resolve(e, expr.name.text, expr.span, scope);
    case 'call':
      return call(e, expr, scope);
    case 'pipe':
      return pipe(e, evaluate(e, expr.left, scope), expr.left.span, expr.right, scope);
    case 'member':
      return member(e, evaluate(e, expr.subject, scope), expr.member.text, expr.member.span);
    case 'index':
      return index(e, evaluate(e, expr.subject, scope), expr.indices, expr.span, scope);
    case 'unary':
      return unary(e, expr.operator, evaluate(e, expr.operand, scope), expr.span);
    case 'binary':
      return binary(e, expr.operator, evaluate(e, expr.left, scope), evaluate(e, expr.right, scope), expr.span);
    case 'range':
      return { kind: 'range', low: evaluate(e, expr.low, scope), high: evaluate(e, expr.high, scope) };
    case 'list':
      return { kind: 'list', items: expr.items.map((item) => evaluate(e, item, scope)) };
    case 'record':
      return { kind: 'record', fields: new Map(expr.fields.map((f) => [f.name.text, evaluate(e, f.value, scope)])) };
    case 'if': {
      const condition = evaluate(e, expr.condition, scope);
      if (condition.kind === 'missing') return missing;
      if (condition.kind !== 'bool') {
        return e.fail(
          'EBM2013',
          { what: 'the condition of `if`', expected: 'known when compiled (a bool)', actual: describe(condition) },
          expr.condition.span,
          {
            help: ['`where(condition, a, b)` chooses element by element at run time'],
          },
        );
      }
      return evaluate(e, condition.value ? expr.then : expr.otherwise, scope);
    }
    case 'schedule':
      return schedule(e, expr, scope);
    case 'for':
      return evaluateLoop(e, expr, scope);
    case 'minimum':
      return evaluateMinimum(e, expr, scope);
    case 'missing':
      return missing;
  }
}

/** What is meant by another tool's name, and where it is from. */
function elsewhereHelp(e: Elaborator, meant: string): string {
  const [home] = e.homesOf(meant);
  return home ? `here it is \`${meant}\`: \`use ${home} { ${meant} }\` brings it in` : `here it is \`${meant}\``;
}

export function resolve(e: Elaborator, name: string, span: Span, scope: Scope): Value {
  const binding = scope.find(name);
  if (binding) {
    binding.used = true;
    return e.current(binding.value);
  }
  if (name === 'batch') return { kind: 'namespace', name };
  if (Object.hasOwn(builtins, name)) return { kind: 'builtin', name };
  const homes = e.homesOf(name);
  const meant = homes.length === 0 ? elsewhere(name) : undefined;
  if (meant) return e.fail('EBM2001', { name }, span, { help: [elsewhereHelp(e, meant)] });
  const suggestion = nearest(name, [...scope.names(), ...Object.keys(builtins)]);
  return e.fail('EBM2001', { name, suggestion, homes }, span);
}

/** `x |> f`, `x |> f(s)`. */
export function pipe(e: Elaborator, subject: Value, subjectSpan: Span, stage: Expr, scope: Scope): Value {
  const given: GivenArgument = { name: undefined, value: subject, span: subjectSpan };
  if (stage.kind === 'call') {
    const callee = evaluate(e, stage.callee, scope);
    const args = stage.args.map((a) => ({ name: a.name?.text, value: evaluate(e, a.value, scope), span: a.span }));
    if (callee.kind === 'net') return callValue(e, callValue(e, callee, args, stage.span), [given], stage.span);
    return callValue(e, callee, [given, ...args], stage.span);
  }
  if (stage.kind === 'pipe') {
    return pipe(e, pipe(e, subject, subjectSpan, stage.left, scope), stage.left.span, stage.right, scope);
  }
  const callee = evaluate(e, stage, scope);
  if (callee.kind === 'net') return callValue(e, callValue(e, callee, [], stage.span), [given], stage.span);
  return callValue(e, callee, [given], stage.span);
}

function member(e: Elaborator, subject: Value, name: string, span: Span): Value {
  if (subject.kind === 'missing') return missing;
  let fields: string[] = [];
  if (subject.kind === 'record') {
    const value = subject.fields.get(name);
    if (value) return value;
    fields = [...subject.fields.keys()];
  } else if (subject.kind === 'range') {
    if (name === 'low' || name === 'high') return subject[name];
    fields = ['low', 'high'];
  } else if (subject.kind === 'namespace') {
    const full = `${subject.name}.${name}`;
    if (Object.hasOwn(builtins, full)) return { kind: 'builtin', name: full };
    fields = Object.keys(builtins)
      .filter((b) => b.startsWith(`${subject.name}.`))
      .map((b) => b.slice(subject.name.length + 1));
  }
  const slots = { subject: describe(subject), member: name, suggestion: nearest(name, fields) };
  return e.fail('EBM2025', slots, span, subject.kind === 'tensor' ? { help: methodHelp(name) } : {});
}

/** What other tools write as `x.T` or `x.mean()`. */
function methodHelp(name: string): string[] {
  const meant = Object.hasOwn(builtins, name) ? name : elsewhere(name);
  return [`functions are called on a tensor, not asked of it: \`${meant ? shownCall(meant) : 'f(x)'}\``];
}

function shownCall(meant: string): string {
  return /\W/.test(meant) ? meant : `${meant}(x)`;
}

/** A value as a tensor: numbers become constants. */
export function asNode(e: Elaborator, value: Value, span: Span, what: string): Node | undefined {
  switch (value.kind) {
    case 'tensor':
      return value.node;
    case 'number':
      return e.constant(value.value, span);
    case 'missing':
      return undefined;
    default:
      e.fail('EBM2013', { what, expected: 'a tensor or a number', actual: describe(value) }, span, {
        help: value.kind === 'list' ? [listHelp] : value.kind === 'layer' ? [layerHelp] : [],
      });
      return undefined;
  }
}

const listHelp =
  'a list is gone over, `mean for v in views: v` (or `sum`, `max`, `min`), or made a tensor with one more axis, `stack(views)`';
const layerHelp = 'a network has a value where it is called: `f(x)`';

/** A value as a whole number known when compiled. */
export function asDim(e: Elaborator, value: Value, span: Span, what: string): Dim | undefined {
  if (value.kind === 'missing') return undefined;
  if (value.kind === 'number' && value.dim !== undefined) return value.dim;
  e.fail('EBM2013', { what, expected: 'a whole number known when compiled', actual: describe(value) }, span);
  return undefined;
}

function unary(e: Elaborator, operator: '-' | 'not', operand: Value, span: Span): Value {
  if (operator === '-' && operand.kind === 'number') {
    return operand.dim === undefined ? number(-operand.value) : int(mulDims(operand.dim, -1), e.batch);
  }
  if (operator === 'not' && operand.kind === 'bool') return { kind: 'bool', value: !operand.value };
  const node = asNode(e, operand, span, `the operand of \`${operator}\``);
  return node ? e.tensor(operator === '-' ? 'neg' : 'logical_not', [node], {}, span) : missing;
}

const operations: Record<Exclude<BinaryOperator, '++'>, string> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
  '==': 'equal',
  '!=': 'equal',
  '<': 'less',
  '<=': 'less_equal',
  '>': 'greater',
  '>=': 'greater_equal',
  and: 'logical_and',
  or: 'logical_or',
};

export function binary(e: Elaborator, operator: BinaryOperator, left: Value, right: Value, span: Span): Value {
  if (left.kind === 'missing' || right.kind === 'missing') return missing;
  if (operator === '++') return joined(e, left, right, span);
  if (left.kind === 'number' && right.kind === 'number') return arithmetic(e, operator, left, right);
  if (left.kind === 'bool' && right.kind === 'bool') {
    if (operator === 'and') return { kind: 'bool', value: left.value && right.value };
    if (operator === 'or') return { kind: 'bool', value: left.value || right.value };
  }
  if ((left.kind === 'string' && right.kind === 'string') || (left.kind === 'bool' && right.kind === 'bool')) {
    if (operator === '==') return { kind: 'bool', value: left.value === right.value };
    if (operator === '!=') return { kind: 'bool', value: left.value !== right.value };
  }
  const a = asNode(e, left, span, `the left side of \`${operator}\``);
  const b = asNode(e, right, span, `the right side of \`${operator}\``);
  if (!a || !b) return missing;
  if (operator === '^' && right.kind === 'number' && right.value === 2) return e.tensor('square', [a], {}, span);
  const [x, y] = sameDType(e, a, b, span);
  const result = e.tensor(operations[operator] as never, [x, y], {}, span);
  return operator === '!=' && result.kind === 'tensor' ? e.tensor('logical_not', [result.node], {}, span) : result;
}

/** `a ++ b`: the items of both lists. */
function joined(e: Elaborator, left: Value, right: Value, span: Span): Value {
  if (left.kind === 'list' && right.kind === 'list') return { kind: 'list', items: [...left.items, ...right.items] };
  const wrong = left.kind === 'list' ? right : left;
  const help = wrong.kind === 'tensor' ? ['`concat(a, b)` joins tensors'] : [];
  return e.fail('EBM2013', { what: 'a side of `++`', expected: 'a list', actual: describe(wrong) }, span, { help });
}

/** `a -> b`: from a to b over the whole training, along half a cosine; afterwards, b. */
function schedule(e: Elaborator, expr: Extract<Expr, { kind: 'schedule' }>, scope: Scope): Value {
  const [from, to] = [evaluate(e, expr.from, scope), evaluate(e, expr.to, scope)];
  if (from.kind === 'missing' || to.kind === 'missing') return missing;
  for (const [end, side] of [
    [from, expr.from],
    [to, expr.to],
  ] as const) {
    if (end.kind === 'number') continue;
    const expected = 'a number known when compiled';
    return e.fail('EBM2013', { what: 'an end of `->`', expected, actual: describe(end) }, side.span);
  }
  if (e.mode === 'use') return to;
  const shape = { name: progressInput, shape: [], dtype: 'float32' as const };
  const progress = e.builder.op('input', [], shape, { span: expr.span, axes: [] });
  // 1 at the start of training, 0 at its end.
  const angle = e.builder.scale(progress, Math.PI);
  const left = e.builder.scale(e.builder.add(e.builder.op('cos', [angle]), e.builder.scalar(1)), 0.5);
  return binary(e, '+', to, binary(e, '*', binary(e, '-', from, to, expr.span), tensorOf(left), expr.span), expr.span);
}

const tensorOf = (node: Node): Value => ({ kind: 'tensor', node });

function sameDType(e: Elaborator, a: Node, b: Node, span: Span): [Node, Node] {
  if (a.type.dtype === b.type.dtype) return [a, b];
  const float = (n: Node): Node =>
    n.type.dtype === 'float32' ? n : (e.node('cast', [n], { dtype: 'float32' }, span) ?? n);
  return [float(a), float(b)];
}

function arithmetic(
  e: Elaborator,
  operator: BinaryOperator,
  a: Extract<Value, { kind: 'number' }>,
  b: Extract<Value, { kind: 'number' }>,
): Value {
  if (a.dim !== undefined && b.dim !== undefined) {
    if (operator === '+') return int(addDims(a.dim, b.dim), e.batch);
    if (operator === '-') return int(subDims(a.dim, b.dim), e.batch);
    if (operator === '*') return int(mulDims(a.dim, b.dim), e.batch);
    if (operator === '/') {
      const exact = divDims(a.dim, b.dim);
      if (exact !== undefined && !(typeof exact !== 'number' && exact.text.includes('('))) return int(exact, e.batch);
      return number(dimValue(a.dim, e.batch) / dimValue(b.dim, e.batch));
    }
  }
  const x = a.value;
  const y = b.value;
  switch (operator) {
    case '+':
      return number(x + y);
    case '-':
      return number(x - y);
    case '*':
      return number(x * y);
    case '/':
      return number(x / y);
    case '^':
      return number(x ** y);
    case '==':
      return { kind: 'bool', value: x === y };
    case '!=':
      return { kind: 'bool', value: x !== y };
    case '<':
      return { kind: 'bool', value: x < y };
    case '<=':
      return { kind: 'bool', value: x <= y };
    case '>':
      return { kind: 'bool', value: x > y };
    case '>=':
      return { kind: 'bool', value: x >= y };
    default:
      return missing;
  }
}

function index(e: Elaborator, subject: Value, indices: readonly Index[], span: Span, scope: Scope): Value {
  if (subject.kind === 'list' && indices.length === 1 && indices[0]!.kind === 'at') {
    const at = asDim(e, evaluate(e, indices[0]!.value, scope), span, 'the index');
    return at === undefined ? missing : (subject.items[Number(at)] ?? missing);
  }
  let node = asNode(e, subject, span, 'what is indexed');
  if (!node) return missing;
  if (indices.length > node.type.shape.length) {
    return e.fail(
      'EBM2010',
      { message: `${indices.length} indices for a value of shape ${showShape(node.type.shape)}` },
      span,
    );
  }
  const drop: number[] = [];
  for (const [axis, at] of indices.entries()) {
    const size = node.type.shape[axis]!;
    if (at.kind === 'at') {
      const value = evaluate(e, at.value, scope);
      if (value.kind === 'tensor') {
        if (!checkTable(e, node, axis, value.node, at.span)) return missing;
        node = e.node('gather', [node, value.node], { axis, batchDims: 0 }, span);
      } else {
        const dim = asDim(e, value, at.span, 'an index');
        if (dim === undefined) return missing;
        const from = typeof dim === 'number' && dim < 0 ? addDims(size, dim) : dim;
        node = slice(e, node, axis, from, 1, at.span);
        drop.push(axis);
      }
    } else if (at.from || at.to) {
      const bound = (expr: Expr | undefined, otherwise: Dim): Dim | undefined => {
        if (!expr) return otherwise;
        const dim = asDim(e, evaluate(e, expr, scope), expr.span, 'a bound of a slice');
        return typeof dim === 'number' && dim < 0 ? addDims(size, dim) : dim;
      };
      const from = bound(at.from, 0);
      const to = bound(at.to, size);
      if (from === undefined || to === undefined) return missing;
      node = slice(e, node, axis, from, subDims(to, from), at.span);
    }
    if (!node) return missing;
  }
  if (drop.length === 0) return { kind: 'tensor', node };
  return e.tensor('reshape', [node], { shape: node.type.shape.filter((_, k) => !drop.includes(k)) }, span);
}

function slice(e: Elaborator, x: Node, axis: number, from: Dim, count: Dim, span: Span): Node | undefined {
  const shape = x.type.shape;
  return e.node(
    'slice',
    [x],
    {
      begin: shape.map((_, k) => (k === axis ? from : 0)),
      size: shape.map((d, k) => (k === axis ? count : d)),
      strides: shape.map(() => 1),
    },
    span,
  );
}

// ── Blocks ───────────────────────────────────────────────────────────────────────────────────────────────────

export function evaluateBlock(e: Elaborator, block: Block, scope: Scope): Value {
  const inner = new Scope(scope);
  for (const statement of block.statements) execute(e, statement, inner);
  return block.result ? evaluate(e, block.result, inner) : missing;
}

export function execute(e: Elaborator, statement: Statement, scope: Scope): void {
  switch (statement.kind) {
    case 'let':
      executeLet(e, statement, scope);
      return;
    case 'param':
      executeState(e, statement, scope);
      return;
    case 'state':
      executeState(e, statement, scope);
      return;
    case 'update':
      executeUpdate(e, statement, scope);
      return;
    case 'assign': {
      const binding = scope.find(statement.name.text);
      const value = evaluate(e, statement.value, scope);
      if (!binding) {
        const { text, span } = statement.name;
        const help = [`\`=\` gives a name from above its next value; a new one is given by \`let ${text} = ...\``];
        e.fail('EBM2001', { name: text, suggestion: nearest(text, scope.names()) }, span, { help });
        // What reads it is not to be told again.
        scope.define(text, value, span);
      } else if (e.isState(binding.value)) {
        assignState(e, statement.name, binding.value.node, value, statement.value.span);
      } else binding.value = value;
      return;
    }
    case 'repeat': {
      const count = asDim(e, evaluate(e, statement.count, scope), statement.count.span, 'the count of `repeat`');
      if (typeof count !== 'number') {
        if (count !== undefined)
          e.fail(
            'EBM2013',
            { what: 'the count of `repeat`', expected: 'a number', actual: count.text },
            statement.count.span,
          );
        return;
      }
      for (let i = 0; i < count; i++) {
        const inner = new Scope(scope);
        if (statement.variable) inner.define(statement.variable.text, number(i), statement.variable.span);
        e.within(
          `in round ${i + 1} of repeat`,
          statement.span,
          () => {
            for (const s of statement.statements) execute(e, s, inner);
          },
          undefined,
        );
      }
      return;
    }
  }
}

function executeLet(e: Elaborator, statement: LetStatement, scope: Scope): void {
  e.hint = statement.name.text;
  const value = evaluate(e, statement.value, scope);
  e.hint = undefined;
  scope.define(statement.name.text, named(e, value, statement.name.text), statement.name.span, 'let');
}

/** A layer given a name becomes an instance. */
export function named(e: Elaborator, value: Value, name: string): Value {
  if (value.kind !== 'layer' || value.path !== undefined) return value;
  const prefix = e.instance?.path ? `${e.instance.path}/` : '';
  const counters = e.instance?.counters;
  const n = (counters?.get(name) ?? 0) + 1;
  counters?.set(name, n);
  const path = `${prefix}${name}${n > 1 ? `_${n}` : ''}`;
  if (value.copy) e.copies.set(path, value.copy);
  return { ...value, path };
}
