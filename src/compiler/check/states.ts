/** What outlives a step: parameters, declared states with their `after step`, and moving-average copies. */
import type { Span } from '../../grammar/source.js';
import type { AfterStatement, Name, ParamStatement, StateStatement } from '../../grammar/syntax-tree.js';
import { type Dim, sameShape, showShape } from '../graph/dim.js';
import type { Node } from '../graph/types.js';
import type { Elaborator } from './elaborator.js';
import { asDim, asNode, evaluate, execute } from './expression.js';
import { Scope } from './scope.js';
import { missing, type Value } from './values.js';

/** `param`: trained; in a moving-average copy it follows the parameter of the same name. `state`: changed by `after step` alone. */
export function executeState(e: Elaborator, statement: ParamStatement | StateStatement, scope: Scope): void {
  const { name: own, kind } = statement;
  const name = e.instance?.path ? `${e.instance.path}/${own.text}` : own.text;
  const copy = kind === 'param' ? e.copyOf(name) : undefined;
  const declared = declaredShape(e, statement, scope);
  if (declared === 'wrong') {
    scope.define(own.text, missing, own.span);
    return;
  }
  const initial = (): Node | undefined => {
    const source = copy && e.states.get(copy.source);
    // A copy starts as what it copies: the same draws, made under the same name.
    return source
      ? source.initial
      : e.inInstance(copy?.source ?? name, () => initialValue(e, statement, declared, scope));
  };
  const known = e.states.get(name);
  const shape = declared ?? known?.type.shape ?? initial()?.type.shape;
  const role = copy ? 'target' : kind === 'param' ? 'parameter' : 'buffer';
  scope.define(own.text, shape ? e.state(name, role, shape, own.span, initial, copy) : missing, own.span);
}

function declaredShape(
  e: Elaborator,
  { type }: ParamStatement | StateStatement,
  scope: Scope,
): Dim[] | undefined | 'wrong' {
  if (!type) return undefined;
  if (type.kind === 'named') return [];
  const declared: Dim[] = [];
  for (const expr of type.dims) {
    const dim = asDim(e, evaluate(e, expr, scope), expr.span, 'a dimension');
    if (dim === undefined) return 'wrong';
    declared.push(dim);
  }
  return declared;
}

function initialValue(
  e: Elaborator,
  { name, initial, kind }: ParamStatement | StateStatement,
  declared: readonly Dim[] | undefined,
  scope: Scope,
): Node | undefined {
  const what = `the start of a ${kind === 'param' ? 'parameter' : 'state'}`;
  const node = asNode(e, evaluate(e, initial, scope), initial.span, what);
  if (!node || !declared || sameShape(node.type.shape, declared)) return node;
  if (node.type.shape.length === 0) return e.node('broadcast_to', [node], { shape: declared }, initial.span);
  const slots = { callee: name.text, expected: showShape(declared), actual: showShape(node.type.shape) };
  e.fail('EBM2012', slots, initial.span);
  return undefined;
}

/** Only a training step changes states; the statements see the values of the step, parameters as they were at its start. */
export function executeAfter(e: Elaborator, statement: AfterStatement, scope: Scope): void {
  if (e.mode !== 'train') return;
  const outer = e.isAfterStep;
  e.isAfterStep = true;
  const inner = new Scope(scope);
  for (const s of statement.statements) execute(e, s, inner);
  e.isAfterStep = outer;
}

/** `name = value` where `name` is a state: its value from the next step on. */
export function assignState(e: Elaborator, name: Name, state: Node, value: Value, span: Span): void {
  if (!e.isAfterStep) {
    e.fail('EBM2033', { name: name.text }, name.span);
    return;
  }
  const node = asNode(e, value, span, `the next value of \`${name.text}\``);
  if (!node) return;
  if (node.axes.length > 0) {
    e.fail('EBM2038', { name: name.text }, span);
    return;
  }
  const next = broadcastScalar(e, node, state.type.shape, span);
  if (!next || !sameShape(next.type.shape, state.type.shape)) {
    const slots = { callee: name.text, expected: showShape(state.type.shape), actual: showShape(node.type.shape) };
    e.fail('EBM2012', slots, span);
    return;
  }
  e.updates.set(String(state.attrs['name']), next);
}

function broadcastScalar(e: Elaborator, node: Node, shape: readonly Dim[], span: Span): Node | undefined {
  return node.type.shape.length === 0 && shape.length > 0 ? e.node('broadcast_to', [node], { shape }, span) : node;
}
