// In: a graph whose gradients broadcast small values before they use them.
// Out: elementwise operations take the small value itself.
// Guarantee: elementwise results are the same to the last bit.

import { type Dim, sameShape } from '../graph/dim.js';
import { type OpName, ops } from '../graph/ops/index.js';
import { broadcastShapes } from '../graph/ops/shapes.js';
import type { Node } from '../graph/types.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';
import { shapeOf } from './sizes.js';

/** The value behind operations that only add axes of size 1 in front or repeat it. */
function unbroadcast(node: Node): Node {
  const [inner] = node.args;
  if (inner === undefined) return node;
  if (node.op === 'broadcast_to') return unbroadcast(inner);
  if (node.op === 'reshape' && addsLeadingOnes(inner, node)) return unbroadcast(inner);
  return node;
}

function addsLeadingOnes(from: Node, to: Node): boolean {
  const extra = to.type.shape.length - from.type.shape.length;
  if (extra <= 0) return false;
  const [a, b] = [shapeOf(from), shapeOf(to)];
  return b.slice(0, extra).every((n) => n === 1) && a.every((n, i) => n === b[extra + i]);
}

const elementwise = (Object.keys(ops) as OpName[]).filter((name) => ops[name].batching === 'elementwise');

const elementwiseOnBroadcast: Rule = {
  name: 'f(broadcast x, y) = f(x, y) where y has the shape already',
  ops: elementwise,
  apply(b, node) {
    if (node.args.length < 2) return undefined;
    for (let i = 0; i < node.args.length; i++) {
      const arg = node.args[i] as Node;
      const smaller = unbroadcast(arg);
      if (smaller === arg) continue;
      const args = node.args.map((other, k) => (k === i ? smaller : other));
      if (joinedShape(args, node)) return b.op(node.op, args, node.attrs, { axes: node.axes });
    }
    return undefined;
  },
};

/** Whether the arguments broadcast to the shape of `node`. */
function joinedShape(args: readonly Node[], node: Node): boolean {
  let shape: readonly Dim[] = [];
  for (const arg of args) {
    const joined = broadcastShapes(shape, arg.type.shape);
    if (typeof joined === 'string') return false;
    shape = joined;
  }
  return sameShape(shape, node.type.shape);
}

const unaryOnBroadcast: Rule = {
  name: 'f(broadcast x) = broadcast f(x)',
  ops: elementwise,
  apply(b, node) {
    const [arg] = node.args;
    if (node.args.length !== 1 || arg?.op !== 'broadcast_to') return undefined;
    return b.broadcastTo(b.op(node.op, arg.args, node.attrs), node.type.shape);
  },
};

export const dropBroadcasts: Pass = {
  name: 'drop-broadcasts',
  description: 'small values are repeated by the operation that uses them, not in memory',
  run: (graph, b) => rewriteGraph(b, graph, [elementwiseOnBroadcast, unaryOnBroadcast]),
};
