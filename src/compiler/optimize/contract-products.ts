// In: a graph with sums of products, such as the dot products of all pairs: mul of [n, 1, d] and [1, m, d], summed over d.
// Out: each as one `contract`, which makes no [n, m, d].
// Guarantee: the same products are summed, in an order of the target's choice.
import type { Builder } from '../graph/builder.js';
import type { Node } from '../graph/types.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph, type Surroundings } from './rewrite.js';
import { alignedShape, axesOf, shapeOf, sizeOf } from './sizes.js';

const sumOfProduct: Rule = {
  name: 'Σ a · b over axes that both have = contract(a, b)',
  ops: ['reduce_sum'],
  apply(b, node, around) {
    if (node.type.dtype !== 'float32') return undefined;
    const product = node.args[0] as Node;
    if (product.op !== 'mul' || around.isShared(product)) return undefined;
    return contractPair(b, node, product.args[0] as Node, product.args[1] as Node);
  },
};

const sumOfSquare: Rule = {
  name: 'Σ a² = contract(a, a)',
  ops: ['reduce_sum'],
  apply(b, node: Node, around: Surroundings) {
    const square = node.args[0] as Node;
    if (square.op !== 'square' || around.isShared(square)) return undefined;
    const axes = axesOf(node);
    // Row by row a product is no cheaper; over everything it is.
    return axes.length === shapeOf(square).length
      ? contractPair(b, node, square.args[0] as Node, square.args[0] as Node)
      : undefined;
  },
};

/** Undefined where one matrix product would not do, or would be no cheaper than the sum of products. */
function contractPair(b: Builder, sum: Node, left: Node, right: Node): Node | undefined {
  const full = shapeOf(sum.args[0] as Node);
  const axes = axesOf(sum);
  const [a, c] = [alignedShape(left, full.length), alignedShape(right, full.length)];
  if (axes.some((i) => a[i] !== full[i] || c[i] !== full[i])) return undefined;
  const kept = full.map((_, i) => i).filter((i) => !axes.includes(i));
  const onlyLeft = kept.filter((i) => a[i] !== 1 && c[i] === 1);
  const onlyRight = kept.filter((i) => c[i] !== 1 && a[i] === 1);
  const both = kept.filter((i) => a[i] !== 1 && c[i] !== 1);
  const repeats = onlyLeft.length > 0 && onlyRight.length > 0;
  if (!repeats && !(both.length === 0 && onlyLeft.length + onlyRight.length === 0)) return undefined;
  if (sizeOf(sum.args[0] as Node) < 64) return undefined;
  const x = withoutOnes(b, left, a, [...both, ...onlyLeft, ...axes]);
  const y = withoutOnes(b, right, c, [...both, ...onlyRight, ...axes]);
  const product = b.contract(x.node, y.node, [x.places(axes), y.places(axes)], [x.places(both), y.places(both)]);
  // The product's axes are those of both, of the left, of the right, each ascending.
  const order = [...both, ...onlyLeft, ...onlyRight];
  const sorted = b.transpose(
    product,
    [...order].sort((i, j) => i - j).map((axis) => order.indexOf(axis)),
  );
  return b.reshape(sorted, shapeOf(sum));
}

/** The operand with only the axes `kept` of its aligned shape, in their order there, and where each of them is then. */
function withoutOnes(b: Builder, node: Node, aligned: readonly number[], kept: readonly number[]) {
  const axes = [...kept].sort((i, j) => i - j);
  return {
    node: b.reshape(
      node,
      axes.map((i) => aligned[i] as number),
    ),
    places: (wanted: readonly number[]) => wanted.map((axis) => axes.indexOf(axis)),
  };
}

export const contractProducts: Pass = {
  name: 'contract-products',
  description: 'sums of products become matrix products',
  run: (graph, b) => rewriteGraph(b, graph, [sumOfProduct, sumOfSquare]),
};
