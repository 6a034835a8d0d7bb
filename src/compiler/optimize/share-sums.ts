// In: a graph that sums one value over several sets of axes.
// Out: the sum over more axes from the one over fewer, which is small.
// Guarantee: the same terms are summed, in another order.
import { scheduleGraph } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';
import { axesOf } from './sizes.js';

/** Sums that drop their axes, by what they sum. */
function sumsByArgument(nodes: readonly Node[]): ReadonlyMap<Node, readonly Node[]> {
  const sums = new Map<Node, Node[]>();
  for (const node of nodes) {
    const [x] = node.args;
    if (node.op !== 'reduce_sum' || node.attrs['keepdims'] === true || x === undefined) continue;
    sums.set(x, [...(sums.get(x) ?? []), node]);
  }
  return sums;
}

function shareRule(sums: ReadonlyMap<Node, readonly Node[]>): Rule {
  return {
    name: 'Σ over A and B = Σ over A of Σ over B, where the latter is computed anyway',
    ops: ['reduce_sum'],
    apply(b, node) {
      const [x] = node.args;
      if (node.attrs['keepdims'] === true || x === undefined) return undefined;
      const axes = axesOf(node);
      const within = (sums.get(x) ?? []).filter((other) => {
        const fewer = axesOf(other);
        return fewer.length < axes.length && fewer.every((axis) => axes.includes(axis));
      });
      const [smallest] = within.sort((p, q) => axesOf(q).length - axesOf(p).length);
      if (smallest === undefined) return undefined;
      const inner = axesOf(smallest);
      // Where the axes left to sum are among those that the smaller sum keeps.
      const kept = x.type.shape.map((_, i) => i).filter((i) => !inner.includes(i));
      const left = axes.filter((axis) => !inner.includes(axis)).map((axis) => kept.indexOf(axis));
      return b.sum(b.sum(x, inner), left);
    },
  };
}

export const shareSums: Pass = {
  name: 'share-sums',
  description: 'sums over many axes from sums over fewer',
  run(graph, b) {
    // Of the builder's nodes, since the rule compares them.
    const own = rewriteGraph(b, graph, []);
    return rewriteGraph(b, own, [shareRule(sumsByArgument(scheduleGraph(own)))]);
  },
};
