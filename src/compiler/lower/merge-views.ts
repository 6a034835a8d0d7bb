/**
 * One call of an encoder for several views of equal shape.
 * In: a typed model and values of it. Out: the values with such calls replaced by one call over a `view` axis; statistics of the batch stay apart for each view.
 * It guarantees the same values: calls are merged only where putting one argument for the other makes one call the other.
 */
import type { TypedModel } from '../check/typed-model.js';
import type { Builder } from '../graph/builder.js';
import { sameShape } from '../graph/dim.js';
import { topological } from '../graph/schedule.js';
import type { Axis, Node } from '../graph/types.js';
import { Rewriting, sorted } from './rewriting.js';

/** Sorts before the axis of examples, so that merged values lie as [views, examples, ...]. */
const firstViewAxis = -1;

interface Stacked {
  readonly all: Node;
  readonly parts: readonly Node[];
}

export function mergeViews(model: TypedModel, roots: readonly Node[]): readonly Node[] {
  const reachable = new Set(topological(roots));
  const calls = model.calls.filter((c) => reachable.has(c.result) && c.args.length === 1);
  const rewriting = new Rewriting(model.builder);
  const stacks: Stacked[] = [];
  for (const path of new Set(calls.map((c) => c.path))) {
    const distinct = new Map<Node, Node>();
    for (const call of calls) {
      if (call.path === path) distinct.set(rewriting.rewrite(call.args[0]!), rewriting.rewrite(call.result));
    }
    for (const group of mergeable(model.builder, [...distinct])) {
      const stacked = mergeCalls(model, group, stacks);
      stacks.push(stacked);
      for (const [k, [, result]] of group.entries()) rewriting.replace(result, stacked.parts[k]!);
    }
  }
  return roots.map((root) => rewriting.rewrite(root));
}

type Call = readonly [argument: Node, result: Node];

/** Groups of at least two calls that differ in their argument alone and do not feed each other. */
function mergeable(b: Builder, calls: readonly Call[]): Call[][] {
  const groups: Call[][] = [];
  for (const call of calls) {
    const [argument, result] = call;
    if (argument.axes.length !== 1 || !sameAxes(argument, result)) continue;
    const group = groups.find(([first]) => {
      const [otherArgument, otherResult] = first!;
      if (!sameAxes(argument, otherArgument) || !sameShape(argument.type.shape, otherArgument.type.shape)) return false;
      if (feeds(otherResult, argument) || feeds(result, otherArgument)) return false;
      const replaced = new Rewriting(b);
      replaced.replace(otherArgument, argument);
      return replaced.rewrite(otherResult) === result;
    });
    if (group) group.push(call);
    else groups.push([call]);
  }
  return groups.filter((g) => g.length > 1);
}

function feeds(value: Node, user: Node): boolean {
  return topological([user]).includes(value);
}

function sameAxes(a: Node, b: Node): boolean {
  return a.axes.length === b.axes.length && a.axes.every((axis, k) => axis.id === b.axes[k]!.id);
}

function mergeCalls(model: TypedModel, group: readonly Call[], stacks: readonly Stacked[]): Stacked {
  const b = model.builder;
  const [first] = group as [Call];
  const example = first[0].axes[0]!;
  const view: Axis = {
    id: firstViewAxis - (stacks.length === 0 ? 0 : countOf(stacks)),
    kind: 'view',
    size: group.length,
  };
  const args = group.map(([argument]) => argument);
  const before = stacks.find((s) => s.parts.length === args.length && s.parts.every((part, k) => part === args[k]));
  const stacked = before?.all ?? stack(b, args, example, view);
  const merged = new Rewriting(b);
  merged.replace(first[0], stacked);
  const all = merged.rewrite(first[1]);
  const axis = all.axes.find((a) => a.kind === 'view')!;
  return { all, parts: group.map((_, k) => part(b, all, k, example, axis)) };
}

function countOf(stacks: readonly Stacked[]): number {
  return new Set(stacks.map((s) => s.all.axes.find((a) => a.kind === 'view')?.id)).size;
}

/** The values of all views, over (view, example). */
function stack(b: Builder, args: readonly Node[], example: Axis, view: Axis): Node {
  const rows = args.map((arg) => {
    const batch = leave(b, arg, example);
    return b.op('reshape', [batch], { shape: [1, ...batch.type.shape] });
  });
  return enter(b, enter(b, b.op('concat', rows, { axis: 0 }), view), example);
}

/** The value of view `k` of all. */
function part(b: Builder, all: Node, k: number, example: Axis, view: Axis): Node {
  const rows = leave(b, leave(b, all, example), view);
  const shape = rows.type.shape;
  const one = b.op('slice', [rows], {
    begin: shape.map((_, i) => (i === 0 ? k : 0)),
    size: shape.map((d, i) => (i === 0 ? 1 : d)),
    strides: shape.map(() => 1),
  });
  return enter(b, b.op('reshape', [one], { shape: shape.slice(1) }), example);
}

function leave(b: Builder, x: Node, axis: Axis): Node {
  return b.op('leave', [x], { axis }, { axes: x.axes.filter((a) => a.id !== axis.id), scope: x.scope });
}

function enter(b: Builder, x: Node, axis: Axis): Node {
  return b.op('enter', [x], { axis }, { axes: sorted([...x.axes, axis]), scope: x.scope });
}
