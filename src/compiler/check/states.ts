/** What outlives a step: parameters, declared states with their `after step`, and moving-average copies. */
import type { Span } from '../../grammar/source.js';
import type { Name, ParamStatement, StateStatement, UpdateStatement } from '../../grammar/syntax-tree.js';
import { type Dim, sameShape, showShape } from '../graph/dim.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import type { Copy, Elaborator } from './elaborator.js';
import { asDim, asNode, evaluate, execute } from './expression.js';
import { Scope } from './scope.js';
import { missing, type Value } from './values.js';

/** `param`: trained; in a copy it follows the parameter of the same name. `state`: changed by `after step` and `before epoch` alone. */
export function executeState(e: Elaborator, statement: ParamStatement | StateStatement, scope: Scope): void {
  const { name: own, kind } = statement;
  const name = e.instance?.path ? `${e.instance.path}/${own.text}` : own.text;
  const found = e.copyOf(name);
  // Statistics and states of a moving average are its own, those of a frozen copy frozen too.
  const copy = kind === 'param' || found?.follows.kind === 'start' ? found : undefined;
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
  const role = copy ? copyRole(copy) : kind === 'param' ? 'parameter' : 'buffer';
  scope.define(own.text, shape ? e.state(name, role, shape, own.span, initial, copy) : missing, own.span, kind);
}

export function copyRole({ follows }: Copy): 'target' | 'frozen' {
  return follows.kind === 'average' ? 'target' : 'frozen';
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

/**
 * The statements of `after step` see the values of a training step, parameters as they were at its start. Those of `before epoch` see the model as it
 * is used: statistics are the averages that were kept.
 */
export function executeUpdate(e: Elaborator, { moment, statements, span }: UpdateStatement, scope: Scope): void {
  if (moment === 'before epoch' && e.instance) {
    e.fail('EBM2082', {}, span);
    return;
  }
  if (e.mode !== (moment === 'after step' ? 'train' : 'use')) return;
  const outer = { moment: e.moment, drawAxes: e.drawAxes };
  e.moment = moment;
  // What is not of an example is drawn once.
  if (moment === 'before epoch') e.drawAxes = [];
  const inner = new Scope(scope);
  for (const s of statements) execute(e, s, inner);
  Object.assign(e, outer);
}

/** `name = value` where `name` is a state: its value from the next step on. */
export function assignState(e: Elaborator, name: Name, state: Node, value: Value, span: Span): void {
  if (!e.moment) {
    e.fail('EBM2033', { name: name.text }, name.span);
    return;
  }
  const node = asNode(e, value, span, `the next value of \`${name.text}\``);
  if (!node) return;
  if (node.axes.length > 0) {
    e.fail('EBM2038', { name: name.text, moment: e.moment }, span);
    return;
  }
  if (e.moment === 'before epoch' && topological([node]).some(({ op }) => op === 'batch')) {
    e.fail('EBM2083', {}, span);
    return;
  }
  const next = broadcastScalar(e, node, state.type.shape, span);
  if (!next || !sameShape(next.type.shape, state.type.shape)) {
    const slots = { callee: name.text, expected: showShape(state.type.shape), actual: showShape(node.type.shape) };
    e.fail('EBM2012', slots, span);
    return;
  }
  e.updates[e.moment].set(String(state.attrs['name']), next);
}

function broadcastScalar(e: Elaborator, node: Node, shape: readonly Dim[], span: Span): Node | undefined {
  return node.type.shape.length === 0 && shape.length > 0 ? e.node('broadcast_to', [node], { shape }, span) : node;
}
