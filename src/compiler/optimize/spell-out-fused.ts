// In: a graph with operations that stand for several, such as `normalize`.
// Out: those that the target does not have, spelled out.
// Guarantee: the same function.

import { ops } from '../graph/ops/index.js';
import { isOverRows, type NormalizeAttrs } from '../graph/ops/normalize.js';
import type { Node } from '../graph/types.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';

function spellWhere(isMeant: (node: Node) => boolean): Rule {
  return {
    name: 'an operation that the target lacks = its spelling',
    apply: (b, node) => (isMeant(node) ? ops[node.op].spell?.(b, node.args, node.attrs) : undefined),
  };
}

/** TensorFlow's kernels normalise over all axes but the last. */
function tensorflowLacks({ op, args, attrs }: Node): boolean {
  const x = op === 'normalize_gradient' ? args[1] : args[0];
  const isNormalization = op === 'normalize' || op === 'normalize_gradient' || op === 'normalize_moment';
  return isNormalization && !isOverRows(x!.type.shape.length, attrs as unknown as NormalizeAttrs);
}

export const spellOutForTensorflow: Pass = {
  name: 'spell-out-for-tensorflow',
  description: "normalisations that TensorFlow's kernels do not do, spelled out",
  run: (graph, b) => rewriteGraph(b, graph, [spellWhere(tensorflowLacks)]),
};

/** For targets without fused operations. */
export const spellOutFused: Pass = {
  name: 'spell-out-fused',
  description: 'fused operations, spelled out',
  run: (graph, b) => rewriteGraph(b, graph, [spellWhere(({ op }) => ops[op].spell !== undefined)]),
};
