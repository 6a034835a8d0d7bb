// In: a graph in float32.
// Out: the products inside encoders' layers take factors of 16 bits.
// Guarantee: parameters, statistics, losses, sums and the optimizer's arithmetic stay in float32.
import { type NarrowType, narrowOf } from '../graph/ops/narrow.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';

const narrowed = (type: NarrowType): Rule => ({
  name: 'a product inside a layer = the product of its rounded factors, about',
  ops: ['contract', 'conv2d', 'conv2d_input_gradient', 'conv2d_filter_gradient'],
  apply(b, node) {
    // Layers have names below their encoder's; what scores and compares does not.
    if (narrowOf(node) || !node.scope.includes('/')) return undefined;
    return b.op(node.op, node.args, { ...node.attrs, narrow: type });
  },
});

export const narrowProducts = (type: NarrowType): Pass => ({
  name: 'narrow-products',
  description: `products inside layers take ${type} factors`,
  run: (graph, b) => rewriteGraph(b, graph, [narrowed(type)]),
});
