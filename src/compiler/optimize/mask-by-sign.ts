// In: a graph with the gradient of relu: a comparison with 0, cast to a number.
// Out: the sign of relu's result, which is there already: one pass where there were two, and relu's argument is free earlier.
// Guarantee: the same values, except that an undefined number stays one.

import { scheduleGraph } from '../graph/schedule.js';
import { splat } from '../graph/simplify.js';
import type { Node } from '../graph/types.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';

/** x of cast(x > 0). */
function maskedBy(node: Node): Node | undefined {
  const comparison = node.type.dtype === 'float32' ? node.args[0] : undefined;
  if (comparison?.op !== 'greater') return undefined;
  const [x, bound] = comparison.args;
  return x?.type.dtype === 'float32' && splat(bound) === 0 ? x : undefined;
}

function maskRule(rectified: ReadonlySet<Node>): Rule {
  return {
    name: 'x > 0 as a number = sign(relu(x)), where relu(x) is computed anyway',
    ops: ['cast'],
    apply(b, node) {
      const x = maskedBy(node);
      return x !== undefined && rectified.has(x) ? b.op('sign', [b.op('relu', [x])]) : undefined;
    },
  };
}

export const maskBySign: Pass = {
  name: 'mask-by-sign',
  description: "relu's gradient from relu's result",
  run(graph, b) {
    const own = rewriteGraph(b, graph, []);
    const relus = scheduleGraph(own).filter((node) => node.op === 'relu');
    return rewriteGraph(b, own, [maskRule(new Set(relus.flatMap((node) => node.args)))]);
  },
};
