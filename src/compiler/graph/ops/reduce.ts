/** Reductions over axes, and orders along an axis. Axes are sorted and not negative. */
import type { Builder } from '../builder.js';
import { type Dim, showShape, sizeOf } from '../dim.js';
import { rowsOver, zerosOf } from '../ndarray.js';
import type { DType, Node, TensorType } from '../types.js';
import { define, type NdArray, type OnnxContext, type Op, type TensorflowContext, type TfjsContext } from './op.js';
import { checkAxes, literal, reducedShape, spread, staticShape, wants } from './shapes.js';

type Reduction = 'reduce_sum' | 'reduce_mean' | 'reduce_max' | 'reduce_min' | 'variance' | 'logsumexp';
export type ReduceName = Reduction | 'argmax' | 'argsort';

export type ReduceAttrs = { readonly axes: readonly number[]; readonly keepdims: boolean };

/** How many elements go into one of a reduction. */
function count(shape: readonly Dim[], axes: readonly number[]): number {
  return sizeOf(staticShape(axes.map((i) => shape[i]!))) as number;
}

/** The meaning and gradient of each reduction, on the axes given; shared with `batch_reduce`. */
export interface ReductionRule {
  readonly doc: string;
  readonly f: (data: Float64Array, from: number, to: number) => number;
  /** `full(y)` broadcasts a reduced value back to x's shape; `mean` is the mean over the same axes, kept. */
  readonly gradient: (b: Builder, parts: GradientParts) => Node;
  readonly ints?: boolean;
  readonly tfjs: (c: TfjsContext, axes: string, keepdims: boolean) => string;
  readonly tensorflow: (c: TensorflowContext, axes: readonly number[], keepdims: boolean) => string;
  readonly onnx: (c: OnnxContext, axes: readonly number[], keepdims: boolean) => string;
}

/** One of TensorFlow's reductions. */
function reduced(name: string): ReductionRule['tensorflow'] {
  return (c, axes, keepdims) => reduceTensor(c, name, c.args[0]!, axes, keepdims);
}

export function reduceTensor(
  c: TensorflowContext,
  name: string,
  x: string,
  axes: readonly number[],
  keepdims: boolean,
): string {
  const attrs = { T: { type: c.type.dtype }, Tidx: { type: 'int32' }, keep_dims: { b: keepdims } } as const;
  return c.op(name, [x, c.ints(axes)], attrs);
}

/** One of ONNX's reductions; opset 17 takes the axes of a sum as an input, of others as an attribute. */
function onnxReduced(name: string): ReductionRule['onnx'] {
  return (c, axes, keepdims) => reduceValue(c, name, c.args[0]!, axes, keepdims);
}

function reduceValue(c: OnnxContext, name: string, x: string, axes: readonly number[], keepdims: boolean): string {
  // Without axes ONNX reduces over all.
  if (axes.length === 0) return x;
  const keep = { keepdims: { i: Number(keepdims) } };
  return name === 'ReduceSum'
    ? c.op(name, [x, c.ints(axes)], keep)
    : c.op(name, [x], { axes: { ints: axes }, ...keep });
}

/** Positions along the last axis, of `size`, in ascending order of value; equal ones keep their order. */
export function ascendingOrder(c: TensorflowContext, x: string, size: number, dtype: DType = 'float32'): string {
  const T = { type: dtype } as const;
  const sorted = c.op('TopKV2', [c.op('Neg', [x], { T }), c.ints(size)], { T, sorted: { b: true } });
  return `${sorted}:1`;
}

interface GradientParts {
  readonly g: Node;
  readonly x: Node;
  readonly out: Node;
  readonly axes: readonly number[];
  readonly n: number;
  readonly mean: () => Node;
  readonly full: (y: Node) => Node;
}

function sumOf(data: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += data[i]!;
  return sum;
}

/** Shares the cotangent among the elements equal to the extreme. */
function extremeGradient(b: Builder, { g, x, out, axes, full }: GradientParts): Node {
  const at = b.mask('equal', x, full(out), g);
  return b.div(b.mul(full(g), at), full(b.sum(at, axes)));
}

/** tfjs's own function over the last axis, support's over others: there the wasm backend is slow. */
function sumFunction(c: TfjsContext, axes: string, name: 'sum' | 'mean'): string {
  const last = c.argTypes[0]!.shape.length - 1;
  const list = JSON.parse(axes) as readonly number[];
  return list.length === 0 || list.includes(last) ? `tf.${name}` : c.support(`${name}Over`);
}

export const reductions: { readonly [N in Reduction]: ReductionRule } = {
  reduce_sum: {
    doc: 'The sum over axes.',
    f: sumOf,
    ints: true,
    gradient: (_b, { g, full }) => full(g),
    tfjs: (c, axes, keepdims) => `${sumFunction(c, axes, 'sum')}(${c.args[0]}, ${axes}, ${keepdims})`,
    tensorflow: reduced('Sum'),
    onnx: onnxReduced('ReduceSum'),
  },
  reduce_mean: {
    doc: 'The mean over axes.',
    f: (data, from, to) => sumOf(data, from, to) / (to - from),
    gradient: (b, { g, n, full }) => full(b.scale(g, 1 / n)),
    tfjs: (c, axes, keepdims) => `${sumFunction(c, axes, 'mean')}(${c.args[0]}, ${axes}, ${keepdims})`,
    tensorflow: reduced('Mean'),
    onnx: onnxReduced('ReduceMean'),
  },
  reduce_max: {
    doc: 'The largest over axes; equal ones share the gradient.',
    f(data, from, to) {
      let best = -Infinity;
      for (let i = from; i < to; i++) best = Math.max(best, data[i]!);
      return best;
    },
    ints: true,
    gradient: extremeGradient,
    tfjs: (c, axes, keepdims) => `tf.max(${c.args[0]}, ${axes}, ${keepdims})`,
    tensorflow: reduced('Max'),
    onnx: onnxReduced('ReduceMax'),
  },
  reduce_min: {
    doc: 'The smallest over axes; equal ones share the gradient.',
    f(data, from, to) {
      let best = Infinity;
      for (let i = from; i < to; i++) best = Math.min(best, data[i]!);
      return best;
    },
    ints: true,
    gradient: extremeGradient,
    tfjs: (c, axes, keepdims) => `tf.min(${c.args[0]}, ${axes}, ${keepdims})`,
    tensorflow: reduced('Min'),
    onnx: onnxReduced('ReduceMin'),
  },
  variance: {
    doc: 'The biased variance over axes: the mean of (x - mean)².',
    f(data, from, to) {
      const mean = sumOf(data, from, to) / (to - from);
      let sum = 0;
      for (let i = from; i < to; i++) sum += (data[i]! - mean) ** 2;
      return sum / (to - from);
    },
    // d/dx = 2 (x - mean) / N: what goes through the mean cancels, since Σ (x - mean) = 0.
    gradient: (b, { g, x, n, mean, full }) => b.mul(full(b.scale(g, 2 / n)), b.sub(x, mean())),
    tfjs: (c, axes, keepdims) => `${c.support('variance')}(${c.args[0]}, ${axes}, ${keepdims})`,
    tensorflow(c, axes, keepdims) {
      const mean = reduceTensor(c, 'Mean', c.args[0]!, axes, true);
      const squares = c.op('SquaredDifference', [c.args[0]!, mean], { T: { type: 'float32' } });
      return reduceTensor(c, 'Mean', squares, axes, keepdims);
    },
    onnx(c, axes, keepdims) {
      const centred = c.op('Sub', [c.args[0]!, reduceValue(c, 'ReduceMean', c.args[0]!, axes, true)]);
      return reduceValue(c, 'ReduceMean', c.op('Mul', [centred, centred]), axes, keepdims);
    },
  },
  logsumexp: {
    doc: 'log Σ e^x over axes, with the largest taken out first.',
    f(data, from, to) {
      let top = -Infinity;
      for (let i = from; i < to; i++) top = Math.max(top, data[i]!);
      if (!Number.isFinite(top)) return top;
      let sum = 0;
      for (let i = from; i < to; i++) sum += Math.exp(data[i]! - top);
      return top + Math.log(sum);
    },
    gradient: (b, { g, x, out, full }) => b.mul(full(g), b.exp(b.sub(x, full(out)))),
    tfjs: (c, axes, keepdims) => `${c.support('logSumExp')}(${c.args[0]}, ${axes}, ${keepdims})`,
    tensorflow(c, axes, keepdims) {
      const T = { T: { type: 'float32' } } as const;
      const largest = reduceTensor(c, 'Max', c.args[0]!, axes, true);
      const powers = c.op('Exp', [c.op('Sub', [c.args[0]!, largest], T)], T);
      const sum = c.op('Log', [reduceTensor(c, 'Sum', powers, axes, keepdims)], T);
      const shape = { ...T, Tshape: { type: 'int32' } } as const;
      const top = keepdims ? largest : c.op('Reshape', [largest, c.ints(staticShape(c.type.shape))], shape);
      return c.op('AddV2', [top, sum], T);
    },
    onnx(c, axes, keepdims) {
      const largest = reduceValue(c, 'ReduceMax', c.args[0]!, axes, true);
      const powers = c.op('Exp', [c.op('Sub', [c.args[0]!, largest])]);
      const sum = c.op('Log', [reduceValue(c, 'ReduceSum', powers, axes, keepdims)]);
      const top = keepdims ? largest : c.op('Reshape', [largest, c.ints(staticShape(c.type.shape))]);
      return c.op('Add', [top, sum]);
    },
  },
};

export function inferReduction(
  name: string,
  x: TensorType,
  { axes, keepdims }: ReduceAttrs,
  ints: boolean,
): TensorType | string {
  if (x.dtype !== 'float32' && !(ints && x.dtype === 'int32')) return wants(name, 'float32', x.dtype);
  const fault = checkAxes(axes, x.shape.length);
  if (fault) return fault;
  return { dtype: x.dtype, shape: reducedShape(x.shape, axes, keepdims) };
}

export function reductionGradient(
  rule: ReductionRule,
  b: Builder,
  node: Node,
  g: Node,
  axes: readonly number[],
  mean: () => Node,
): Node {
  const x = node.args[0]!;
  const full = (y: Node) => spread(b, y, x.type.shape, axes);
  return rule.gradient(b, { g, x, out: node, axes, n: count(x.type.shape, axes), mean, full });
}

export function evaluateReduction(rule: ReductionRule, x: NdArray, axes: readonly number[], type: TensorType): NdArray {
  const { rows, columns, data } = rowsOver(x, axes);
  const result = zerosOf(staticShape(type.shape));
  for (let r = 0; r < rows; r++) result.data[r] = rule.f(data, r * columns, (r + 1) * columns);
  return result;
}

function reduction(name: Reduction): Op {
  const rule = reductions[name];
  return define<ReduceAttrs>({
    name,
    doc: rule.doc,
    arity: 1,
    infer: ([x], attrs) => inferReduction(name, x!, attrs, rule.ints ?? false),
    gradient: (b, node, g, { axes }) => [
      reductionGradient(rule, b, node, g, axes, () => b.mean(node.args[0]!, axes, true)),
    ],
    evaluate: ([x], { axes }, type) => evaluateReduction(rule, x!, axes, type),
    batching: 'shift',
    shift: ({ axes, keepdims }, n) => ({ axes: axes.map((a) => a + n), keepdims }),
    tfjs: (c, { axes, keepdims }) => rule.tfjs(c, literal(axes), keepdims),
    tensorflow: (c, { axes, keepdims }) => rule.tensorflow(c, axes, keepdims),
    onnx: (c, { axes, keepdims }) => rule.onnx(c, axes, keepdims),
    flops: ([x]) => sizeOf(staticShape(x!.shape)) as number,
  });
}

export const reduceOps: { readonly [N in ReduceName]: Op } = {
  reduce_sum: reduction('reduce_sum'),
  reduce_mean: reduction('reduce_mean'),
  reduce_max: reduction('reduce_max'),
  reduce_min: reduction('reduce_min'),
  variance: reduction('variance'),
  logsumexp: reduction('logsumexp'),
  argmax: define<{ readonly axis: number }>({
    name: 'argmax',
    doc: 'The position of the largest along an axis (int); the first of equal ones.',
    arity: 1,
    infer: ([x], { axis }) =>
      checkAxes([axis], x!.shape.length) ?? { dtype: 'int32', shape: reducedShape(x!.shape, [axis], false) },
    evaluate([x], { axis }, type) {
      const { rows, columns, data } = rowsOver(x!, [axis]);
      const result = zerosOf(staticShape(type.shape));
      for (let r = 0; r < rows; r++) {
        let best = 0;
        for (let i = 1; i < columns; i++) if (data[r * columns + i]! > data[r * columns + best]!) best = i;
        result.data[r] = best;
      }
      return result;
    },
    batching: 'shift',
    shift: ({ axis }, n) => ({ axis: axis + n }),
    tfjs: (c, { axis }) => `tf.argMax(${c.args[0]}, ${axis})`,
    tensorflow(c, { axis }) {
      const attrs = {
        T: { type: c.argTypes[0]!.dtype },
        Tidx: { type: 'int32' },
        output_type: { type: 'int32' },
      } as const;
      return c.op('ArgMax', [c.args[0]!, c.ints(axis)], attrs);
    },
    onnx: (c, { axis }) =>
      c.op('Cast', [c.op('ArgMax', c.args, { axis: { i: axis }, keepdims: { i: 0 } })], { to: { type: 'int32' } }),
  }),
  argsort: define({
    name: 'argsort',
    doc: 'The positions along the last axis in ascending order of value (int); equal ones keep their order.',
    arity: 1,
    infer: ([x]) =>
      x!.shape.length === 0
        ? `argsort orders along the last axis, and ${showShape(x!.shape)} has none`
        : { dtype: 'int32', shape: x!.shape },
    evaluate([x]) {
      const { rows, columns, data } = rowsOver(x!, [x!.shape.length - 1]);
      const result = zerosOf(x!.shape);
      for (let r = 0; r < rows; r++) {
        const order = Array.from({ length: columns }, (_, i) => i);
        order.sort((i, j) => data[r * columns + i]! - data[r * columns + j]! || i - j);
        result.data.set(order, r * columns);
      }
      return result;
    },
    batching: 'shift',
    shift: (attrs) => attrs,
    tfjs: (c) => `${c.support('argsort')}(${c.args[0]})`,
    tensorflow: (c) => ascendingOrder(c, c.args[0]!, Number(c.type.shape.at(-1)), c.argTypes[0]!.dtype),
    onnx(c) {
      const count = c.ints([Number(c.type.shape.at(-1))]);
      const sorted = c.op('TopK', [c.args[0]!, count], { axis: { i: -1 }, largest: { i: 0 }, sorted: { i: 1 } }, 2);
      return c.op('Cast', [`${sorted}:1`], { to: { type: 'int32' } });
    },
  }),
};
