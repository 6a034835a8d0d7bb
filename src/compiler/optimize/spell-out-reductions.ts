// In: a graph with reductions that keep their axes, and variances.
// Out: reductions that drop their axes, with a reshape where they were kept; variances as means of squared differences.
// Guarantee: the same arithmetic; what differs only in kept axes, and the mean inside a variance, is now one value with others.
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';
import { axesOf } from './sizes.js';

const dropKeptAxes: Rule = {
  name: 'a reduction that keeps its axes = reshape of one that drops them',
  ops: ['reduce_sum', 'reduce_mean', 'reduce_max', 'reduce_min', 'variance', 'logsumexp'],
  apply(b, node) {
    if (node.attrs['keepdims'] !== true) return undefined;
    return b.reshape(b.op(node.op, node.args, { ...node.attrs, keepdims: false }), node.type.shape);
  },
};

const spellOutVariance: Rule = {
  name: 'var x = mean (x - mean x)²',
  ops: ['variance'],
  apply(b, node) {
    const [x] = node.args;
    if (x === undefined) return undefined;
    const axes = axesOf(node);
    const mean = b.mean(x, axes);
    // Leading axes need not be put back: broadcasting aligns at the last.
    const leading = axes.every((axis, i) => axis === i);
    const kept = x.type.shape.map((size, i) => (axes.includes(i) ? 1 : size));
    const difference = b.sub(x, leading ? mean : b.reshape(mean, kept));
    return b.mean(b.square(difference), axes);
  },
};

export const spellOutReductions: Pass = {
  name: 'spell-out-reductions',
  description: 'variances and kept axes in terms of plain means and sums, so that equal ones are shared',
  run: (graph, b) => rewriteGraph(b, graph, [dropKeptAxes, spellOutVariance]),
};
