// In: a graph with operations that stand for several, such as `normalize`.
// Out: those that the target does not have, spelled out.
// Guarantee: the same function.
import { type OpName, ops } from '../graph/ops/index.js';
import { isOverRows, type NormalizeAttrs } from '../graph/ops/normalize.js';
import type { Node } from '../graph/types.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';

function spell(names: readonly OpName[], isMeant: (node: Node) => boolean = () => true): Rule {
  return {
    name: 'an operation that the target lacks = its spelling',
    ops: names,
    apply: (b, node) => (isMeant(node) ? ops[node.op].spell?.(b, node.args, node.attrs) : undefined),
  };
}

/** TensorFlow's kernels normalise over all axes but the last. */
function isOverOtherAxes({ op, args, attrs }: Node): boolean {
  const x = op === 'normalize_gradient' ? args[1] : args[0];
  return !isOverRows(x!.type.shape.length, attrs as unknown as NormalizeAttrs);
}

const normalizations: readonly OpName[] = ['normalize', 'normalize_gradient', 'normalize_moment'];

export const spellOutForTensorflow: Pass = {
  name: 'spell-out-for-tensorflow',
  description: "normalisations that TensorFlow's kernels do not do, spelled out",
  run: (graph, b) => rewriteGraph(b, graph, [spell(normalizations, isOverOtherAxes)]),
};

const fused = (Object.keys(ops) as OpName[]).filter((name) => ops[name].spell !== undefined);

/** For targets without fused operations. */
export const spellOutFused: Pass = {
  name: 'spell-out-fused',
  description: 'fused operations, spelled out',
  run: (graph, b) => rewriteGraph(b, graph, [spell(fused)]),
};
