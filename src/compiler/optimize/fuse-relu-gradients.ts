// In: a graph with the gradient of relu as a product with a mask: g · sign(relu x), g · float(x > 0).
// Out: `relu_gradient` of g and relu x (or x).
// Guarantee: the same values, except that an infinite g beside a mask of 0 gives 0, not an undefined number.
import { splat } from '../graph/simplify.js';
import type { Node } from '../graph/types.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';
import { shapeOf } from './sizes.js';

/** y where the node is 1 for positive y and 0 elsewhere. */
function maskedBy(node: Node): Node | undefined {
  const [argument] = node.args;
  if (node.op === 'sign' && argument?.op === 'relu') return argument;
  if (node.op !== 'cast' || argument?.op !== 'greater') return undefined;
  const [y, bound] = argument.args;
  return y?.type.dtype === 'float32' && splat(bound) === 0 ? y : undefined;
}

const reluGradient: Rule = {
  name: 'g · (y > 0) = relu_gradient(g, y)',
  ops: ['mul'],
  apply(b, node) {
    const [left, right] = node.args as readonly [Node, Node];
    for (const [g, mask] of [
      [left, right],
      [right, left],
    ] as const) {
      const y = maskedBy(mask);
      if (y && shapeOf(g).join() === shapeOf(y).join()) return b.op('relu_gradient', [g, y]);
    }
    return undefined;
  },
};

export const fuseReluGradients: Pass = {
  name: 'fuse-relu-gradients',
  description: "products with relu's mask become relu's gradient",
  run: (graph, b) => rewriteGraph(b, graph, [reluGradient]),
};
