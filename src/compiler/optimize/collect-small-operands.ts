// In: a graph with chains such as ((x - m) · s) · t + b, whose m, s, t and b are much smaller than x.
// Out: the arithmetic on the small ones first: x · (s · t) + (b - m · (s · t)), two passes over x where there were four.
// Guarantee: equal up to rounding, which stays of the order of the operands' own (as in TensorFlow's batch normalisation).
import type { Builder } from '../graph/builder.js';
import { sameShape } from '../graph/dim.js';
import type { Node } from '../graph/types.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph, type Surroundings } from './rewrite.js';
import { alignedShape, axesOf, isMuchSmaller, shapeOf } from './sizes.js';

interface Split {
  readonly large: Node;
  readonly small: Node;
  readonly smallFirst: boolean;
}

/** The operation's arguments as a large one, of the shape of the result, and a much smaller one. */
function split(node: Node): Split | undefined {
  const [x, y] = node.args;
  if (x === undefined || y === undefined || node.type.dtype !== 'float32') return undefined;
  const isFull = (arg: Node): boolean => sameShape(arg.type.shape, node.type.shape);
  if (isFull(x) && isMuchSmaller(y, node)) return { large: x, small: y, smallFirst: false };
  if (isFull(y) && isMuchSmaller(x, node)) return { large: y, small: x, smallFirst: true };
  return undefined;
}

/** Whether `split` is worth asking for: it may give a large value made by `op`. */
function isOn(node: Node, op: Node['op']): boolean {
  return node.args[0]?.op === op || node.args[1]?.op === op;
}

/** `node` as `op` of something large and something small, when nobody else needs it. */
function inner(node: Node, op: Node['op'], around: Surroundings): Split | undefined {
  return node.op === op && !around.isShared(node) ? split(node) : undefined;
}

const scaleTwice: Rule = {
  name: '(x · s) · t = x · (s · t)',
  ops: ['mul'],
  apply(b, node, around) {
    const outer = isOn(node, 'mul') ? split(node) : undefined;
    const product = outer && inner(outer.large, 'mul', around);
    return product && together(b, 'mul', product.small, outer.small, node, (small) => b.mul(product.large, small));
  },
};

const shiftTwice: Rule = {
  name: '(x ± s) ± t = x ± (s ± t)',
  ops: ['add', 'sub'],
  apply(b, node, around) {
    const outer = isOn(node, 'add') || isOn(node, 'sub') ? shiftOf(node) : undefined;
    const first = outer && !around.isShared(outer.large) ? shiftOf(outer.large) : undefined;
    if (outer === undefined || first === undefined) return undefined;
    const op = first.negative === outer.negative ? 'add' : 'sub';
    return together(b, op, first.small, outer.small, node, (small) =>
      first.negative ? b.sub(first.large, small) : b.add(first.large, small),
    );
  },
};

/** x + s, s + x or x - s. */
function shiftOf(node: Node): (Split & { readonly negative: boolean }) | undefined {
  if (node.op !== 'add' && node.op !== 'sub') return undefined;
  const parts = split(node);
  if (parts === undefined || (node.op === 'sub' && parts.smallFirst)) return undefined;
  return { ...parts, negative: node.op === 'sub' };
}

const shiftScaleShift: Rule = {
  name: '(x ± m) · s ± b = x · s + (±b ± m · s)',
  ops: ['add', 'sub'],
  apply(b, node, around) {
    const outer = isOn(node, 'mul') ? shiftOf(node) : undefined;
    const product = outer && inner(outer.large, 'mul', around);
    const first = product && !around.isShared(product.large) ? shiftOf(product.large) : undefined;
    if (outer === undefined || product === undefined || first === undefined) return undefined;
    const moved = b.mul(first.small, product.small);
    if (!isMuchSmaller(moved, node)) return undefined;
    const scaled = b.mul(first.large, product.small);
    const shift = first.negative ? b.neg(moved) : moved;
    return together(b, outer.negative ? 'sub' : 'add', shift, outer.small, node, (small) => b.add(scaled, small));
  },
};

/** The large operation on `op` of the two small values, where that is still small. */
function together(
  b: Builder,
  op: 'mul' | 'add' | 'sub',
  s: Node,
  t: Node,
  node: Node,
  finish: (small: Node) => Node,
): Node | undefined {
  const small = b.op(op, [s, t]);
  return isMuchSmaller(small, node) ? finish(small) : undefined;
}

const sumOfScaled: Rule = {
  name: 'Σ x · s over axes along which s is the same = s · Σ x',
  ops: ['reduce_sum'],
  apply(b, node) {
    const product = node.args[0];
    if (product?.op !== 'mul' || node.attrs['keepdims'] === true) return undefined;
    const parts = split(product);
    if (parts === undefined) return undefined;
    const axes = axesOf(node);
    const aligned = alignedShape(parts.small, shapeOf(product).length);
    if (axes.some((axis) => aligned[axis] !== 1)) return undefined;
    const kept = aligned.filter((_, i) => !axes.includes(i));
    return b.mul(b.sum(parts.large, axes), b.reshape(parts.small, kept));
  },
};

const sumOfNegative: Rule = {
  name: 'Σ -x = -Σ x',
  ops: ['reduce_sum'],
  apply(b, node) {
    const negative = node.args[0];
    if (negative?.op !== 'neg') return undefined;
    return b.neg(b.op('reduce_sum', negative.args, node.attrs));
  },
};

const scaleNegative: Rule = {
  name: '-(x · s) = x · -s',
  ops: ['neg'],
  apply(b, node, around) {
    const parts = inner(node.args[0] as Node, 'mul', around);
    return parts && b.mul(parts.large, b.neg(parts.small));
  },
};

export const collectSmallOperands: Pass = {
  name: 'collect-small-operands',
  description: 'arithmetic on small values before they meet large ones',
  run(graph, b) {
    const rules = [scaleTwice, shiftTwice, shiftScaleShift, sumOfScaled, sumOfNegative, scaleNegative];
    const once = rewriteGraph(b, graph, rules);
    // What a rule makes inside its result is another rule's to look at.
    return once === graph ? graph : rewriteGraph(b, once, rules);
  },
};
