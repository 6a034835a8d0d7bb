/** `grad(E(y), y)`, `grad(loss, f)`, and what is built of it: `min z from z0 by gradient(steps: 8, rate: 0.1) { D(z) }`. */
import type { Span } from '../../grammar/source.js';
import type { Expr } from '../../grammar/syntax-tree.js';
import { showShape } from '../graph/dim.js';
import { topological } from '../graph/schedule.js';
import { substitute } from '../graph/substitute.js';
import type { Axis, Node } from '../graph/types.js';
import { tensorsReadBy } from './captured.js';
import type { Elaborator } from './elaborator.js';
import { asDim, asNode, binary, evaluate } from './expression.js';
import { mapped } from './map.js';
import { flattened, parameterNodes } from './parameters.js';
import { Scope } from './scope.js';
import { describe, type LayerValue, missing, number, type Value } from './values.js';

/** The gradient of a scalar with respect to a name that it is written with. */
export function evaluateGradient(e: Elaborator, expr: Extract<Expr, { kind: 'call' }>, scope: Scope): Value {
  const [value, variable] = expr.args;
  if (expr.args.length !== 2 || variable?.value.kind !== 'name')
    return e.fail('EBM2034', {}, variable?.span ?? expr.span);
  const { name } = variable.value;
  const by = evaluate(e, variable.value, scope);
  if (by.kind === 'layer') return gradientByEncoder(e, name.text, by, value!.value, scope, expr.span);
  const at = asNode(e, by, variable.span, `\`${name.text}\``);
  if (!at) return missing;
  const node = gradientAt(e, at, name.text, value!.value, scope, expr.span);
  return node ? { kind: 'tensor', node } : missing;
}

/** The slope of `body` with respect to `name`, at `point`. */
function gradientAt(e: Elaborator, point: Node, name: string, body: Expr, scope: Scope, span: Span): Node | undefined {
  if (point.type.dtype !== 'float32') {
    e.fail('EBM2035', { name, reason: 'its values are whole numbers' }, span);
    return undefined;
  }
  // A value of each example's own, which no simplification looks through.
  const axes = unionOf(point.axes, e.drawAxes);
  const pinned = e.node('pin', [point], {}, span, axes);
  if (!pinned) return undefined;
  const inner = new Scope(scope);
  inner.define(name, { kind: 'tensor', node: pinned });
  const value = asNode(e, evaluate(e, body, inner), body.span, 'what is differentiated');
  if (!value) return undefined;
  return isDifferentiable(e, value, [pinned], name, body) ? e.node('grad', [value, pinned], {}, span, axes) : undefined;
}

/** Whether it is a scalar that depends on one of these; says so if not. */
function isDifferentiable(e: Elaborator, value: Node, by: readonly Node[], name: string, body: Expr): boolean {
  if (value.type.shape.length > 0) {
    e.fail('EBM2036', { shape: showShape(value.type.shape) }, body.span);
    return false;
  }
  const read = new Set(topological([value]));
  if (by.some((node) => read.has(node))) return true;
  e.fail('EBM2035', { name, reason: 'the expression does not depend on it' }, body.span);
  return false;
}

/** The slope of `body` with respect to an encoder's parameters, which are the same for all examples, as `parameters` orders them. */
function gradientByEncoder(
  e: Elaborator,
  name: string,
  encoder: LayerValue,
  body: Expr,
  scope: Scope,
  span: Span,
): Value {
  const value = asNode(e, evaluate(e, body, scope), body.span, 'what is differentiated');
  const own = value && parameterNodes(e, encoder, span);
  if (!own) return missing;
  if (value.axes.length > 0) return e.fail('EBM2085', { encoder: name }, body.span);
  if (!isDifferentiable(e, value, own, name, body)) return missing;
  const pins = own.map((node) => e.node('pin', [node], {}, span, [])!);
  // Statistics that are met again are the same ones: their averages are kept once.
  const again = ({ op }: Node, [x]: readonly Node[]): Node | undefined => (op === 'running' ? x : undefined);
  const [pinned] = substitute(e.builder, [value], new Map(own.map((node, i) => [node, pins[i]!])), again) as [Node];
  const slopes = pins.map((pin) => e.node('grad', [pinned, pin], {}, span, [])!);
  const node = flattened(e, slopes, span);
  return node ? { kind: 'tensor', node } : missing;
}

type Minimum = Extract<Expr, { kind: 'minimum' }>;

export function evaluateMinimum(e: Elaborator, expr: Minimum, scope: Scope): Value {
  return expr.domain ? overDomain(e, expr, expr.domain, scope) : byDescent(e, expr, scope);
}

/** The smallest value over the rows of a tensor, or the soft minimum -log Σ exp(-beta v) / beta. */
function overDomain(e: Elaborator, expr: Minimum, domainExpr: Expr, scope: Scope): Value {
  const { span } = expr;
  const domain = evaluate(e, domainExpr, scope);
  const values =
    domain.kind === 'list'
      ? stacked(e, domain.items, (item) => bodyAt(e, item, expr, scope), span)
      : eachRow(e, domain, expr, scope);
  if (!values) return missing;
  if (values.type.shape.length !== 1) {
    return e.fail('EBM2036', { shape: showShape(values.type.shape.slice(1)) }, expr.body.span);
  }
  const over = { axes: [0], keepdims: false };
  if (expr.word === 'min') return e.tensor('reduce_min', [values], over, span);
  if (expr.word === 'argmin') return itemAt(e, domain, values, span);
  const beta = expr.beta ? evaluate(e, expr.beta, scope) : number(1);
  const scaled = binary(e, '*', { kind: 'tensor', node: values }, binary(e, '-', number(0), beta, span), span);
  if (scaled.kind !== 'tensor') return missing;
  const free = e.tensor('logsumexp', [scaled.node], over, span);
  return binary(e, '/', binary(e, '-', number(0), free, span), beta, span);
}

/** The row or item whose value is smallest. */
function itemAt(e: Elaborator, domain: Value, values: Node, span: Span): Value {
  const negated = e.node('neg', [values], {}, span);
  const at = negated && e.node('argmax', [negated], { axis: 0 }, span);
  const rows =
    domain.kind === 'list'
      ? stacked(e, domain.items, (item) => asNode(e, item, span, 'an item of the list'), span)
      : asNode(e, domain, span, 'what is chosen from');
  return at && rows ? e.tensor('gather', [rows, at], { axis: 0, batchDims: 0 }, span) : missing;
}

/** What `at` makes of each item, along a new first axis; undefined at the first of which it makes nothing, or without any. */
function stacked(
  e: Elaborator,
  items: readonly Value[],
  at: (item: Value) => Node | undefined,
  span: Span,
): Node | undefined {
  const rows: Node[] = [];
  for (const item of items) {
    const node = at(item);
    const row = node && e.node('reshape', [node], { shape: [1, ...node.type.shape] }, span);
    if (!row) return undefined;
    rows.push(row);
  }
  return rows.length > 0 ? e.node('concat', rows, { axis: 0 }, span) : undefined;
}

function eachRow(e: Elaborator, domain: Value, expr: Minimum, scope: Scope): Node | undefined {
  const rows = asNode(e, domain, expr.domain!.span, `what \`${expr.variable.text}\` goes over`);
  if (!rows) return undefined;
  if (rows.type.shape.length === 0) {
    const expected = 'a tensor with a first axis, or a list';
    const slots = { what: `what \`${expr.variable.text}\` goes over`, expected, actual: describe(domain) };
    e.fail('EBM2013', slots, expr.domain!.span);
    return undefined;
  }
  const args = [
    { name: expr.variable.text, node: rows, leading: 1 },
    ...tensorsReadBy(expr.body, scope).map((node, k) => ({ name: `captured.${k}`, node, leading: 0 })),
  ];
  const result = mapped(e, args, expr.span, (nodes) => {
    const node = bodyAt(e, { kind: 'tensor', node: nodes.get(expr.variable.text)! }, expr, scope);
    return node ? { kind: 'tensor', node } : missing;
  });
  return result.kind === 'tensor' ? result.node : undefined;
}

function bodyAt(e: Elaborator, value: Value, expr: Minimum, scope: Scope): Node | undefined {
  const inner = new Scope(scope);
  inner.define(expr.variable.text, value, expr.variable.span);
  return asNode(e, evaluate(e, expr.body, inner), expr.body.span, 'what is minimised');
}

/** z ← z - rate ∇D(z), `steps` times; then D(z). Differentiable through every step. */
function byDescent(e: Elaborator, expr: Minimum, scope: Scope): Value {
  const { span, variable } = expr;
  const settings = descentSettings(e, expr.method!, scope);
  let z = asNode(e, evaluate(e, expr.start!, scope), expr.start!.span, `the start of \`${variable.text}\``);
  if (!settings || !z) return missing;
  for (let step = 0; step < settings.steps; step++) {
    const slope = gradientAt(e, z, variable.text, expr.body, scope, span);
    if (!slope) return missing;
    const move = binary(e, '*', settings.rate, { kind: 'tensor', node: slope }, span);
    const next = binary(e, '-', { kind: 'tensor', node: z }, move, span);
    if (next.kind !== 'tensor') return missing;
    z = next.node;
  }
  if (expr.word === 'argmin') return { kind: 'tensor', node: z };
  const node = bodyAt(e, { kind: 'tensor', node: z }, expr, scope);
  return node ? { kind: 'tensor', node } : missing;
}

function descentSettings(e: Elaborator, method: Expr, scope: Scope): { steps: number; rate: Value } | undefined {
  const refuse = (): undefined => {
    e.fail('EBM2037', {}, method.span);
    return undefined;
  };
  if (method.kind !== 'call' || method.callee.kind !== 'name' || method.callee.name.text !== 'gradient')
    return refuse();
  let steps: number | undefined;
  let rate: Value = number(0.1);
  for (const argument of method.args) {
    const value = evaluate(e, argument.value, scope);
    if (argument.name?.text === 'steps') {
      const dim = asDim(e, value, argument.span, '`steps`');
      if (typeof dim !== 'number') return undefined;
      steps = dim;
    } else if (argument.name?.text === 'rate') rate = value;
    else return refuse();
  }
  return steps === undefined || steps < 1 ? refuse() : { steps, rate };
}

function unionOf(a: readonly Axis[], b: readonly Axis[]): Axis[] {
  return [...a, ...b.filter((axis) => !a.some(({ id }) => id === axis.id))].sort((x, y) => x.id - y.id);
}
