/** Aligning values with leading axes, for the batching rules and for lowering. */
import type { Builder } from '../builder.js';
import type { Axis, Node } from '../types.js';
import type { Batched } from './op.js';
import { staticShape } from './shapes.js';

export function axisSizes(axes: readonly Axis[]): readonly number[] {
  return staticShape(axes.map((a) => a.size));
}

/** All axes of the values, in order of first appearance. */
export function unionAxes(args: readonly Batched[]): readonly Axis[] {
  const byId = new Map<number, Axis>();
  for (const arg of args) for (const axis of arg.axes) if (!byId.has(axis.id)) byId.set(axis.id, axis);
  return [...byId.values()];
}

export function hasAxis(x: Batched, axis: Axis): boolean {
  return x.axes.some((a) => a.id === axis.id);
}

/** The value's own shape, without its leading axes. */
export function ownShape(x: Batched): readonly number[] {
  return staticShape(x.node.type.shape.slice(x.axes.length));
}

function sameAxes(a: readonly Axis[], b: readonly Axis[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i]!.id !== b[i]!.id) return false;
  return true;
}

/** x with its leading axes in the order they have in `axes`, which may hold others besides. */
export function orderAxes(b: Builder, x: Batched, axes: readonly Axis[]): Batched {
  const wanted = axes.filter((a) => hasAxis(x, a));
  const n = x.axes.length;
  const perm = wanted.map((a) => x.axes.findIndex((own) => own.id === a.id));
  for (let i = 0; i < x.rank; i++) perm.push(n + i);
  return { node: b.transpose(x.node, perm), axes: wanted, rank: x.rank };
}

/**
 * x with leading dimensions for all of `axes` in their order: size 1 for those it lacks, or their size with `broadcast`.
 * Its own shape gets leading ones up to `rank`, so that values of different ranks align as they did per example.
 */
export function alignAxes(
  b: Builder,
  x: Batched,
  axes: readonly Axis[],
  options: { rank?: number; broadcast?: boolean } = {},
): Node {
  const added = (options.rank ?? x.rank) - x.rank;
  // As it is, as most values are.
  if (added <= 0 && sameAxes(x.axes, axes)) return x.node;
  const ordered = orderAxes(b, x, axes);
  const own = ownShape(x);
  const ones = new Array<number>(Math.max(0, added)).fill(1);
  if (ordered.axes.length === 0 && !options.broadcast) return b.reshape(x.node, own);
  const sizes = axisSizes(axes);
  const present = axes.map((a, i) => (hasAxis(x, a) ? sizes[i]! : 1));
  const aligned = b.reshape(ordered.node, [...present, ...ones, ...own]);
  return options.broadcast ? b.broadcastTo(aligned, [...sizes, ...ones, ...own]) : aligned;
}
