/** The general product of tensors (XLA's dot_general): every matrix product is one. */
import type { Builder } from '../builder.js';
import { type Dim, sameDim, showDim, showShape, sizeOf } from '../dim.js';
import { matrixProduct, type ProductSizes } from '../matrix-product.js';
import { countOf, transposed } from '../ndarray.js';
import type { Axis, Node, TensorType } from '../types.js';
import { hasAxis, orderAxes } from './batching.js';
import { factors, type Narrow, narrowed, roundedIf } from './narrow.js';
import { type Batched, define, type OnnxContext, type Op, type TensorflowContext, type TfjsContext } from './op.js';
import { reshapeTensor, reshapeValue, transposeTensor, transposeValue } from './shape.js';
import { checkAxes, float32, inverse, literal, range, staticShape, wants, without } from './shapes.js';

export type ContractName = 'contract';

type Pairs = readonly [readonly number[], readonly number[]];
export type ContractAttrs = Narrow & { readonly batch: Pairs; readonly over: Pairs };

/** Positions in `keys` order of ascending value. */
function order(keys: readonly number[]): number[] {
  return range(keys.length).sort((i, j) => keys[i]! - keys[j]!);
}

function free(rank: number, { batch, over }: ContractAttrs, side: 0 | 1): number[] {
  return without(rank, batch[side], over[side]);
}

function infer([a, b]: readonly TensorType[], attrs: ContractAttrs): TensorType | string {
  for (const { dtype } of [a!, b!]) if (dtype !== 'float32') return wants('a product', 'float32', dtype);
  for (const [side, x] of [a!, b!].entries()) {
    const fault = checkAxes([...attrs.batch[side]!, ...attrs.over[side]!], x.shape.length);
    if (fault) return fault;
  }
  for (const [what, [left, right]] of Object.entries({ batch: attrs.batch, over: attrs.over })) {
    if (left.length !== right.length) return `a product pairs ${left.length} axes with ${right.length}`;
    for (let i = 0; i < left.length; i++) {
      const [p, q] = [a!.shape[left[i]!]!, b!.shape[right[i]!]!];
      if (sameDim(p, q)) continue;
      const verb = what === 'over' ? 'summed over' : 'aligned';
      return `shapes ${showShape(a!.shape)} and ${showShape(b!.shape)} do not multiply: ${showDim(p)} (axis ${left[i]} of the first) and ${showDim(q)} (axis ${right[i]} of the second) are ${verb}`;
    }
  }
  const dims = (x: TensorType, axes: readonly number[]): Dim[] => axes.map((i) => x.shape[i]!);
  return float32([
    ...dims(a!, attrs.batch[0]),
    ...dims(a!, free(a!.shape.length, attrs, 0)),
    ...dims(b!, free(b!.shape.length, attrs, 1)),
  ]);
}

/** The cotangent of one side: the result's cotangent times the other side, in this side's order of axes. */
function cotangentOf(side: 0 | 1, b: Builder, node: Node, g: Node, attrs: ContractAttrs): Node {
  const other = (1 - side) as 0 | 1;
  const [own, that] = [node.args[side]!, node.args[other]!];
  const nb = attrs.batch[0].length;
  const ownFree = free(own.type.shape.length, attrs, side);
  const thatFree = free(that.type.shape.length, attrs, other);
  // g is [batch, free of a, free of b]; the product, [batch, its free, summed] for a and [batch, summed, its free] for b, where
  // the summed axes come in the other side's order. Most often that is the side's own order already.
  const gThat = range(thatFree.length, side === 0 ? nb + ownFree.length : nb);
  const summed = order(attrs.over[other]).map((k) => attrs.over[side][k]!);
  const batch = range(nb);
  if (side === 0) {
    const product = b.contract(g, that, [gThat, thatFree], [batch, attrs.batch[1]]);
    return b.transpose(product, inverse([...attrs.batch[0], ...ownFree, ...summed]));
  }
  const product = b.contract(that, g, [thatFree, gThat], [attrs.batch[0], batch]);
  return b.transpose(product, inverse([...attrs.batch[1], ...summed, ...ownFree]));
}

/** M, N, K and B of the product seen as one batch of matrix products. */
function sizes(a: readonly number[], b: readonly number[], attrs: ContractAttrs): ProductSizes {
  const of = (shape: readonly number[], axes: readonly number[]) => countOf(axes.map((i) => shape[i]!));
  return {
    batch: of(a, attrs.batch[0]),
    rows: of(a, free(a.length, attrs, 0)),
    columns: of(b, free(b.length, attrs, 1)),
    inner: of(a, attrs.over[0]),
  };
}

/**
 * Shared axes become batch dimensions, the others free ones: a per-example vector times a matrix is one matrix product, nothing
 * is repeated. The arguments change places where that saves a transpose of the result.
 */
function batching(b: Builder, args: readonly Batched[], attrs: ContractAttrs): Batched {
  const [a, c] = args as readonly [Batched, Batched];
  const shared = a.axes.filter((x) => hasAxis(c, x));
  const onlyA = a.axes.filter((x) => !hasAxis(c, x));
  const onlyC = c.axes.filter((x) => !hasAxis(a, x));
  const freeA = free(a.rank, attrs, 0).length;
  const freeC = free(c.rank, attrs, 1).length;
  const ownBatch = attrs.batch[0].length;
  const [ordA, ordC] = [orderAxes(b, a, [...shared, ...onlyA]), orderAxes(b, c, [...shared, ...onlyC])];
  const up = (axes: readonly number[], by: number) => axes.map((i) => i + by);
  const batch: Pairs = [
    [...range(shared.length), ...up(attrs.batch[0], a.axes.length)],
    [...range(shared.length), ...up(attrs.batch[1], c.axes.length)],
  ];
  const over: Pairs = [up(attrs.over[0], a.axes.length), up(attrs.over[1], c.axes.length)];
  const rank = ownBatch + freeA + freeC;
  const result = (node: Node, parts: readonly { axes: readonly Axis[]; own: number; at: number }[]): Batched => {
    // node is [shared, own batch, (axes, own free) of each part in turn]; `at` is where a part's own axes belong in the result.
    const axes = [...shared, ...parts.flatMap((p) => p.axes)];
    const perm = [...range(shared.length)];
    let position = shared.length + ownBatch;
    const own: number[][] = [];
    for (const part of parts) {
      perm.push(...range(part.axes.length, position));
      own[part.at] = range(part.own, position + part.axes.length);
      position += part.axes.length + part.own;
    }
    perm.push(...range(ownBatch, shared.length), ...own.flat());
    return { node: b.transpose(node, perm), axes, rank };
  };
  const [partA, partC] = [
    { axes: onlyA, own: freeA, at: 0 },
    { axes: onlyC, own: freeC, at: 1 },
  ];
  if (onlyA.length === 0 && onlyC.length > 0 && freeC === 0 && freeA > 0)
    return result(b.contract(ordC.node, ordA.node, [over[1], over[0]], [batch[1], batch[0]]), [partC, partA]);
  return result(b.contract(ordA.node, ordC.node, over, batch), [partA, partC]);
}

/** An operand as [batch…, rows…, inner…] or, transposed, [batch…, inner…, rows…], for tf.matMul. */
function operand(
  c: TfjsContext,
  side: 0 | 1,
  attrs: ContractAttrs,
  pairing: readonly number[],
  shape: readonly number[],
) {
  const own = staticShape(c.argTypes[side]!.shape);
  const rows = free(own.length, attrs, side);
  const inner = pairing.map((k) => attrs.over[side][k]!);
  const layouts = [
    [...attrs.batch[side], ...rows, ...inner],
    [...attrs.batch[side], ...inner, ...rows],
  ];
  let transposedInner = layouts[1]!.every((p, i) => p === i);
  let text = c.args[side]!;
  if (layouts[0]!.every((p, i) => p === i)) transposedInner = false;
  else if (!transposedInner) text = c.temporary(`tf.transpose(${text}, ${literal(layouts[0]!)})`);
  const [batch, m, k] = shape as [number, number, number];
  const wanted = [
    ...(batch === 1 && attrs.batch[side].length === 0 ? [] : [batch]),
    ...(transposedInner ? [k, m] : [m, k]),
  ];
  const moved = (transposedInner ? layouts[1]! : layouts[0]!).map((p) => own[p]!);
  if (moved.length !== wanted.length || moved.some((d, i) => d !== wanted[i]))
    text = c.temporary(`tf.reshape(${text}, ${literal(wanted)})`);
  return { text, innerFirst: transposedInner, rank: wanted.length };
}

/** The same operand for TensorFlow. */
function tensorflowOperand(
  c: TensorflowContext,
  side: 0 | 1,
  attrs: ContractAttrs,
  pairing: readonly number[],
  [batch, m, k]: readonly [number, number, number],
) {
  const own = staticShape(c.argTypes[side]!.shape);
  const inner = pairing.map((i) => attrs.over[side][i]!);
  const rows = free(own.length, attrs, side);
  const rowsFirst = [...attrs.batch[side], ...rows, ...inner];
  const innerFirst = [...attrs.batch[side], ...inner, ...rows].every((p, i) => p === i);
  const inPlace = rowsFirst.every((p, i) => p === i);
  const adjoint = innerFirst && !inPlace;
  const moved = inPlace || adjoint ? c.args[side]! : transposeTensor(c, c.args[side]!, rowsFirst);
  const shape = [...(attrs.batch[0].length === 0 ? [] : [batch]), ...(adjoint ? [k, m] : [m, k])];
  const now = inPlace || adjoint ? own : rowsFirst.map((p) => own[p]!);
  const isSame = now.length === shape.length && now.every((d, i) => d === shape[i]);
  return { tensor: isSame ? moved : reshapeTensor(c, moved, shape), adjoint };
}

/** An operand for ONNX's MatMul, which transposes nothing: [batch, rows, inner], or [batch, inner, rows] of the right one. */
function onnxOperand(
  c: OnnxContext,
  side: 0 | 1,
  attrs: ContractAttrs,
  pairing: readonly number[],
  shape: readonly number[],
): string {
  const own = staticShape(c.argTypes[side]!.shape);
  const inner = pairing.map((i) => attrs.over[side][i]!);
  const rows = free(own.length, attrs, side);
  const perm = [...attrs.batch[side], ...(side === 0 ? [...rows, ...inner] : [...inner, ...rows])];
  const moved = transposeValue(c, c.args[side]!, perm);
  const isSame = perm.length === shape.length && perm.every((p, i) => own[p] === shape[i]);
  return isSame ? moved : reshapeValue(c, moved, shape);
}

export const contractOps: { readonly [N in ContractName]: Op } = {
  contract: define<ContractAttrs>({
    name: 'contract',
    doc: 'Products of elements of two values, aligned on the axes `batch`, summed over `over`: [batch, free of a, free of b].',
    arity: 2,
    infer,
    gradient: (b, node, g, attrs) => [cotangentOf(0, b, node, g, attrs), cotangentOf(1, b, node, g, attrs)],
    evaluate(args, attrs, type) {
      const [a, b] = factors(args, attrs);
      const left = transposed(a!, [...attrs.batch[0], ...free(a!.shape.length, attrs, 0), ...attrs.over[0]]).data;
      const right = transposed(b!, [...attrs.batch[1], ...attrs.over[1], ...free(b!.shape.length, attrs, 1)]).data;
      const data = matrixProduct(left, right, sizes(a!.shape, b!.shape, attrs));
      return roundedIf({ shape: staticShape(type.shape), data }, attrs);
    },
    batching,
    tfjs(c, attrs) {
      const [a, b] = [staticShape(c.argTypes[0]!.shape), staticShape(c.argTypes[1]!.shape)];
      const { batch, rows, columns, inner } = sizes(a, b, attrs);
      const pairing = order(attrs.over[0]);
      const left = operand(c, 0, attrs, pairing, [batch, rows, inner]);
      const right = operand(c, 1, attrs, pairing, [batch, columns, inner]);
      const product = `tf.matMul(${left.text}, ${right.text}, ${left.innerFirst}, ${!right.innerFirst})`;
      const shape = staticShape(c.type.shape);
      const natural = left.rank === 2 ? [rows, columns] : [batch, rows, columns];
      if (shape.length === natural.length && shape.every((d, i) => d === natural[i])) return product;
      return `tf.reshape(${c.temporary(product)}, ${literal(shape)})`;
    },
    tensorflow: (context, attrs) =>
      narrowed(context, attrs, (c) => {
        const [a, b] = [staticShape(c.argTypes[0]!.shape), staticShape(c.argTypes[1]!.shape)];
        const { batch, rows, columns, inner } = sizes(a, b, attrs);
        const pairing = order(attrs.over[0]);
        const left = tensorflowOperand(c, 0, attrs, pairing, [batch, rows, inner]);
        const right = tensorflowOperand(c, 1, attrs, pairing, [batch, columns, inner]);
        const T = { type: c.type.dtype };
        const flags = [{ b: left.adjoint }, { b: !right.adjoint }] as const;
        const isBatched = attrs.batch[0].length > 0;
        const product = isBatched
          ? c.op('BatchMatMulV2', [left.tensor, right.tensor], { T, adj_x: flags[0], adj_y: flags[1] })
          : c.op('MatMul', [left.tensor, right.tensor], { T, transpose_a: flags[0], transpose_b: flags[1] });
        const shape = staticShape(c.type.shape);
        const natural = isBatched ? [batch, rows, columns] : [rows, columns];
        const isSame = shape.length === natural.length && shape.every((d, i) => d === natural[i]);
        return isSame ? product : reshapeTensor(c, product, shape);
      }),
    onnx(c, attrs) {
      const [a, b] = [staticShape(c.argTypes[0]!.shape), staticShape(c.argTypes[1]!.shape)];
      const { batch, rows, columns, inner } = sizes(a, b, attrs);
      const pairing = order(attrs.over[0]);
      const lead = attrs.batch[0].length > 0 ? [batch] : [];
      const left = onnxOperand(c, 0, attrs, pairing, [...lead, rows, inner]);
      const right = onnxOperand(c, 1, attrs, pairing, [...lead, inner, columns]);
      const product = c.op('MatMul', [left, right]);
      const shape = staticShape(c.type.shape);
      const natural = [...lead, rows, columns];
      const isSame = shape.length === natural.length && shape.every((d, i) => d === natural[i]);
      return isSame ? product : reshapeValue(c, product, shape);
    },
    flops([a, b], _type, attrs) {
      const { batch, rows, columns, inner } = sizes(staticShape(a!.shape), staticShape(b!.shape), attrs);
      return 2 * batch * rows * columns * inner;
    },
  }),
};

/** The size of a shape in numbers. */
export function staticSize(shape: readonly Dim[]): number {
  return sizeOf(staticShape(shape)) as number;
}
