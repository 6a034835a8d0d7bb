// In: a forward graph with batch or layer normalisation spelled out: (x - mean x) · (1/√(var x + eps) · scale) + bias.
// Out: each as one `normalize`, and the mean and variance of the same x as its moments, so that gradients are single operations too.
// Guarantee: the same function. It hides where examples meet, so passes that ask about examples come before.
import type { Builder } from '../graph/builder.js';
import { scheduleGraph } from '../graph/schedule.js';
import { splat } from '../graph/simplify.js';
import type { Node } from '../graph/types.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';
import { axesOf, shapeOf } from './sizes.js';

interface Spelling {
  readonly x: Node;
  readonly axes: readonly number[];
  readonly eps: number;
  readonly scale: Node;
  readonly bias: Node;
}

const normalize: Rule = {
  name: '(x - mean x) · 1/√(var x + eps) · scale + bias = normalize(x, scale, bias)',
  ops: ['add'],
  apply(b, node) {
    const found = spellingOf(node);
    return found && b.op('normalize', [found.x, found.scale, found.bias], { axes: found.axes, eps: found.eps });
  },
};

function spellingOf(node: Node): Spelling | undefined {
  for (const [scaled, bias] of bothWays(node)) {
    if (!isAlongLast(bias, scaled) || scaled.op !== 'mul') continue;
    for (const [left, right] of bothWays(scaled)) {
      const found = batchNormForm(left, right) ?? layerNormForm(left, right);
      if (found) return { ...found, bias };
    }
  }
  return undefined;
}

/** (x - mean) · (rstd · scale), the latter computed on small values. */
function batchNormForm(centred: Node, factor: Node): Omit<Spelling, 'bias'> | undefined {
  const small = unwrapped(factor);
  if (small.op !== 'mul') return undefined;
  for (const [rstd, scale] of bothWays(small)) {
    const unit = unitOf(centred, rstd);
    if (unit && isAlongLast(scale, centred)) return { ...unit, scale };
  }
  return undefined;
}

/** ((x - mean) · rstd) · scale. */
function layerNormForm(unit: Node, scale: Node): Omit<Spelling, 'bias'> | undefined {
  if (unit.op !== 'mul' || !isAlongLast(scale, unit)) return undefined;
  for (const [centred, rstd] of bothWays(unit)) {
    const found = unitOf(centred, rstd);
    if (found) return { ...found, scale };
  }
  return undefined;
}

/** x, axes and eps where `centred` is x - mean x and `rstd` 1/√(var x + eps) over the same axes. */
function unitOf(centred: Node, rstd: Node): Pick<Spelling, 'x' | 'axes' | 'eps'> | undefined {
  if (centred.op !== 'sub') return undefined;
  const [x, shift] = centred.args as readonly [Node, Node];
  const mean = unwrapped(shift);
  const root = unwrapped(rstd);
  if (mean.op !== 'reduce_mean' || root.op !== 'rsqrt') return undefined;
  const sum = root.args[0] as Node;
  if (sum.op !== 'add') return undefined;
  for (const [wrapped, epsilon] of bothWays(sum)) {
    const variance = unwrapped(wrapped);
    const eps = splat(epsilon);
    if (variance.op !== 'variance' || eps === undefined) continue;
    const axes = axesOf(variance);
    const same = exampleless(variance.args[0] as Node) === x && exampleless(mean.args[0] as Node) === x;
    const spread = shapeOf(x).map((size, i) => (axes.includes(i) ? 1 : size));
    const fits = broadcastsAs(shift, spread) && (rstd === root || broadcastsAs(rstd, spread));
    if (same && fits && axes.join() === axesOf(mean).join()) return { x, axes, eps };
  }
  return undefined;
}

/** A value without the reshapes that only put axes of size 1 back. */
function unwrapped(node: Node): Node {
  return node.op === 'reshape' ? unwrapped(node.args[0] as Node) : node;
}

function exampleless(node: Node): Node {
  return node.op === 'batch' ? exampleless(node.args[0] as Node) : node;
}

function bothWays(node: Node): readonly (readonly [Node, Node])[] {
  const [a, b] = node.args as readonly [Node, Node];
  return [
    [a, b],
    [b, a],
  ];
}

/** Whether a value of rank 1 is broadcast along the last axis of another. */
function isAlongLast(node: Node, other: Node): boolean {
  const shape = shapeOf(node);
  return shape.length === 1 && shape[0] === shapeOf(other).at(-1);
}

/** Whether a value's shape is `shape` but for leading ones. */
function broadcastsAs(node: Node, shape: readonly number[]): boolean {
  const own = shapeOf(node);
  const skipped = shape.length - own.length;
  return skipped >= 0 && shape.every((size, i) => (i < skipped ? size === 1 : own[i - skipped] === size));
}

/** Moments of x where they stand beside a `normalize` of it. */
function moment(found: ReadonlyMap<Node, readonly Node[]>): Rule {
  return {
    name: 'mean x, var x beside normalize(x) = its moments',
    ops: ['reduce_mean', 'variance'],
    apply(b, node) {
      const users = found.get(exampleless(node.args[0] as Node)) ?? [];
      const axes = axesOf(node);
      const user = users.find((other) => axesOf(other).join() === axes.join());
      if (user === undefined) return undefined;
      const kind = node.op === 'reduce_mean' ? 'mean' : 'variance';
      return b.reshape(b.op('normalize_moment', user.args, { ...user.attrs, moment: kind }), shapeOf(node));
    },
  };
}

export const recognizeNormalization: Pass = {
  name: 'recognize-normalization',
  description: 'normalisations that are spelled out become single operations',
  run(graph, b: Builder) {
    const normalized = rewriteGraph(b, graph, [normalize]);
    const users = new Map<Node, Node[]>();
    for (const node of scheduleGraph(normalized)) {
      if (node.op === 'normalize') users.set(node.args[0]!, [...(users.get(node.args[0]!) ?? []), node]);
    }
    return users.size === 0 ? normalized : rewriteGraph(b, normalized, [moment(users)]);
  },
};
