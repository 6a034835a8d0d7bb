/**
 * Operations that cross or move the axes a per-example value runs over. In the typed model they act on `axes`; lowering
 * replaces the structural ones, while `batch`, `batch_reduce` and `running` stay in the graph until its last pass, so that
 * micro-batching, several processes and the collapse analysis see where examples meet.
 */
import { addDims, type Dim, sameDim, showDim, showShape } from '../dim.js';
import type { Axis, Node } from '../types.js';
import { define, type Op } from './op.js';
import { evaluateReduction, inferReduction, type ReductionRule, reductionGradient, reductions } from './reduce.js';
import { literal, reducedShape } from './shapes.js';

export type ExampleName = 'batch' | 'enter' | 'leave' | 'drop_self' | 'batch_reduce' | 'running' | 'pin' | 'grad';

export type BatchReduceKind = 'mean' | 'sum' | 'max' | 'variance';
/** `axes` and `keepdims` at the graph level only: the dimensions that hold the examples. */
type BatchReduceAttrs = {
  readonly kind: BatchReduceKind;
  readonly axes?: readonly number[];
  readonly keepdims?: boolean;
};
/** `size` in the typed model only: how many examples there are. */
type BatchAttrs = { readonly size?: Dim };

const kinds: { readonly [K in BatchReduceKind]: ReductionRule } = {
  mean: reductions.reduce_mean,
  sum: reductions.reduce_sum,
  max: reductions.reduce_max,
  variance: reductions.variance,
};

/** The axes of a `batch_reduce` in a graph. */
function graphAxes({ axes }: { readonly axes?: readonly number[] }): readonly number[] {
  if (!axes) throw new Error('batch_reduce without axes is of the typed model, not of a graph');
  return axes;
}

export const exampleOps: { readonly [N in ExampleName]: Op } = {
  batch: define<BatchAttrs>({
    name: 'batch',
    doc: 'The values of all examples: x becomes [batch, ...x]. In a graph, where x holds them already, x itself.',
    arity: 1,
    infer: ([x], { size }) => (size === undefined ? x! : { dtype: x!.dtype, shape: [size, ...x!.shape] }),
    gradient: (_b, _node, g) => [g],
    evaluate: ([x]) => x!,
    batching: 'none',
    tfjs: (c) => c.args[0]!,
    tensorflow: (c) => c.args[0]!,
    onnx: (c) => c.args[0]!,
    flops: () => 0,
  }),
  enter: define<{ readonly axis: Axis }>({
    name: 'enter',
    doc: 'The leading dimension turned into an axis that the value runs over.',
    arity: 1,
    infer([x], { axis }) {
      const first = x!.shape[0];
      if (first === undefined) return 'a scalar has no leading axis to map over';
      if (!sameDim(first, axis.size)) return `the leading axis of ${showShape(x!.shape)} is not ${showDim(axis.size)}`;
      return { dtype: x!.dtype, shape: x!.shape.slice(1) };
    },
    batching: 'none',
    flops: () => 0,
  }),
  leave: define<{ readonly axis: Axis }>({
    name: 'leave',
    doc: 'An axis that the value runs over turned into its leading dimension.',
    arity: 1,
    infer: ([x], { axis }) => ({ dtype: x!.dtype, shape: [axis.size, ...x!.shape] }),
    batching: 'none',
    flops: () => 0,
  }),
  drop_self: define({
    name: 'drop_self',
    doc: "A value of all examples without the example's own: [batch, ...] becomes [batch - 1, ...].",
    arity: 1,
    infer([x]) {
      const first = x!.shape[0];
      if (first === undefined) return 'a scalar holds no examples';
      return { dtype: x!.dtype, shape: [addDims(first, -1), ...x!.shape.slice(1)] };
    },
    batching: 'none',
    flops: () => 0,
  }),
  batch_reduce: define<BatchReduceAttrs>({
    name: 'batch_reduce',
    doc: 'The mean, sum, largest or variance over the examples.',
    arity: 1,
    infer: ([x], { kind, axes, keepdims }) =>
      inferReduction(`batch.${kind}`, x!, { axes: axes ?? [], keepdims: keepdims ?? false }, kinds[kind].ints ?? false),
    gradient(b, node: Node, g, attrs) {
      const axes = graphAxes(attrs);
      const mean = () => b.op('batch_reduce', [node.args[0]!], { kind: 'mean', axes, keepdims: true });
      return [reductionGradient(kinds[attrs.kind], b, node, g, axes, mean)];
    },
    evaluate: ([x], attrs, type) => evaluateReduction(kinds[attrs.kind], x!, graphAxes(attrs), type),
    batching: 'none',
    tfjs: (c, attrs) => kinds[attrs.kind].tfjs(c, literal(graphAxes(attrs)), attrs.keepdims ?? false),
    tensorflow: (c, attrs) => kinds[attrs.kind].tensorflow(c, graphAxes(attrs), attrs.keepdims ?? false),
    onnx: (c, attrs) => kinds[attrs.kind].onnx(c, graphAxes(attrs), attrs.keepdims ?? false),
  }),
  pin: define({
    name: 'pin',
    doc: 'x itself, a value of its own for everything that it runs over: no simplification looks through it, so that it can be differentiated by.',
    arity: 1,
    infer: ([x]) => x!,
    gradient: (_b, _node, g) => [g],
    evaluate: ([x]) => x!,
    batching: 'elementwise',
    tfjs: (c) => c.args[0]!,
    tensorflow: (c) => c.args[0]!,
    onnx: (c) => c.args[0]!,
    flops: () => 0,
  }),
  grad: define({
    name: 'grad',
    doc: 'In the typed model: the gradient of a scalar, summed over what it runs over, with respect to a `pin`. Lowering differentiates.',
    arity: 2,
    infer: ([value, at]) => (value!.shape.length === 0 ? at! : `grad takes a scalar, not ${showShape(value!.shape)}`),
    batching: 'none',
    flops: () => 0,
  }),
  running: define<{ readonly decay: number; readonly name: string }>({
    name: 'running',
    doc: 'x while training, whose moving average under `name` stands for it afterwards.',
    arity: 1,
    infer: ([x]) => (x!.dtype === 'float32' ? x! : `running takes floats, not ${x!.dtype}`),
    gradient: (_b, _node, g) => [g],
    evaluate: ([x]) => x!,
    batching: 'elementwise',
    tfjs: (c) => c.args[0]!,
    tensorflow: (c) => c.args[0]!,
    onnx: (c) => c.args[0]!,
    flops: () => 0,
  }),
};

/** The shape of a graph-level `batch_reduce`. */
export function batchReducedShape(shape: readonly Dim[], axes: readonly number[]): readonly Dim[] {
  return reducedShape(shape, axes, false);
}
