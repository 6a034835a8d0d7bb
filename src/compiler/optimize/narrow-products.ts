// In: a graph in float32.
// Out: the products inside encoders' layers take bfloat16 factors.
// Guarantee: parameters, statistics, losses, sums and the optimizer's arithmetic stay in float32.
import { isNarrow } from '../graph/ops/narrow.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';

const narrow: Rule = {
  name: 'a product inside a layer = the product of its factors in bfloat16, about',
  ops: ['contract', 'conv2d', 'conv2d_input_gradient', 'conv2d_filter_gradient'],
  apply(b, node) {
    // Layers have names below their encoder's; what scores and compares does not.
    if (isNarrow(node) || !node.scope.includes('/')) return undefined;
    return b.op(node.op, node.args, { ...node.attrs, narrow: true });
  },
};

export const narrowProducts: Pass = {
  name: 'narrow-products',
  description: 'products inside layers take bfloat16 factors',
  run: (graph, b) => rewriteGraph(b, graph, [narrow]),
};
