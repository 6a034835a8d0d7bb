/**
 * Normalisation as one operation, which targets have fast kernels for. Passes write it where a graph spells it out; `spell` is that
 * spelling, for targets without one and for gradients of gradients.
 */
import type { Builder } from '../builder.js';
import { sameDim, showDim, showShape } from '../dim.js';
import { countOf, zerosOf } from '../ndarray.js';
import type { Node, TensorType } from '../types.js';
import { type Narrow, narrowTensor, roundedIf, wideTensor } from './narrow.js';
import { define, type NdArray, type Op, type TensorflowContext } from './op.js';
import { reshapeTensor } from './shape.js';
import { checkAxes, float32, range, staticShape, wants } from './shapes.js';

export type NormalizeName = 'normalize' | 'normalize_gradient' | 'normalize_moment';

/** Mean and variance are taken over `axes`; scale and bias lie along the last axis. `narrow`: x and what is of its shape are rounded. */
export type NormalizeAttrs = Narrow & { readonly axes: readonly number[]; readonly eps: number };
type GradientAttrs = NormalizeAttrs & { readonly of: 'x' | 'scale' | 'bias' };
type MomentAttrs = NormalizeAttrs & { readonly moment: 'mean' | 'variance' };

function faultOf(args: readonly TensorType[], { axes }: NormalizeAttrs): string | undefined {
  for (const { dtype } of args) if (dtype !== 'float32') return wants('normalize', 'float32', dtype);
  const [x, scale, bias] = args as readonly [TensorType, TensorType, TensorType?];
  const channels = x.shape.at(-1);
  if (channels === undefined) return 'a scalar has no axis to scale along';
  for (const along of [scale, ...(bias ? [bias] : [])])
    if (along.shape.length !== 1 || !sameDim(along.shape[0]!, channels))
      return `normalize scales the ${showDim(channels)} numbers of the last axis, not ${showShape(along.shape)}`;
  return checkAxes(axes, x.shape.length);
}

/** Mean, 1 / √(variance + eps), both with their axes kept, and the normalised x. */
function spelled(b: Builder, x: Node, { axes, eps }: NormalizeAttrs) {
  const centred = b.sub(x, b.mean(x, axes, true));
  const rstd = b.rsqrt(b.add(b.reduce('variance', x, axes, true), b.scalar(eps)));
  return { rstd, unit: b.mul(centred, rstd) };
}

function leading(x: Node): number[] {
  return range(x.type.shape.length - 1);
}

function spellGradient(b: Builder, dy: Node, x: Node, scale: Node, attrs: GradientAttrs): Node {
  if (attrs.of === 'bias') return b.sum(dy, leading(x));
  const { rstd, unit } = spelled(b, x, attrs);
  if (attrs.of === 'scale') return b.sum(b.mul(dy, unit), leading(x));
  const g = b.mul(dy, scale);
  const along = b.mul(unit, b.mean(b.mul(g, unit), attrs.axes, true));
  return b.mul(rstd, b.sub(b.sub(g, b.mean(g, attrs.axes, true)), along));
}

/** The number of the group that each element is normalised in, and per group the mean and 1 / √(variance + eps). */
function statistics(x: NdArray, { axes, eps }: NormalizeAttrs) {
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const groups = countOf(kept);
  const group = new Int32Array(x.data.length);
  const at = x.shape.map(() => 0);
  for (let i = 0; i < group.length; i++) {
    let number = 0;
    for (let k = 0; k < kept.length; k++) number = number * kept[k]! + (kept[k] === 1 ? 0 : at[k]!);
    group[i] = number;
    for (let k = at.length - 1; k >= 0 && ++at[k]! === x.shape[k]; k--) at[k] = 0;
  }
  const n = x.data.length / groups;
  const mean = new Float64Array(groups);
  for (let i = 0; i < group.length; i++) mean[group[i]!]! += x.data[i]! / n;
  const variance = new Float64Array(groups);
  for (let i = 0; i < group.length; i++) variance[group[i]!]! += (x.data[i]! - mean[group[i]!]!) ** 2 / n;
  const rstd = variance.map((v) => 1 / Math.sqrt(v + eps));
  const unit = x.data.map((v, i) => (v - mean[group[i]!]!) * rstd[group[i]!]!);
  return { group, groups, n, mean, variance, rstd, unit };
}

function evaluateGradient(args: readonly [NdArray, NdArray, NdArray], attrs: GradientAttrs): NdArray {
  const [dy, x] = [roundedIf(args[0], attrs), roundedIf(args[1], attrs)];
  const scale = args[2];
  const channels = scale.shape[0]!;
  const { group, groups, n, rstd, unit } = statistics(x, attrs);
  if (attrs.of !== 'x') {
    const result = zerosOf([channels]);
    for (let i = 0; i < unit.length; i++)
      result.data[i % channels]! += dy.data[i]! * (attrs.of === 'bias' ? 1 : unit[i]!);
    return result;
  }
  const g = dy.data.map((v, i) => v * scale.data[i % channels]!);
  const mean = new Float64Array(groups);
  const along = new Float64Array(groups);
  for (let i = 0; i < g.length; i++) {
    mean[group[i]!]! += g[i]! / n;
    along[group[i]!]! += (g[i]! * unit[i]!) / n;
  }
  const data = g.map((v, i) => rstd[group[i]!]! * (v - mean[group[i]!]! - unit[i]! * along[group[i]!]!));
  return roundedIf({ shape: x.shape, data }, attrs);
}

/**
 * TensorFlow's fused batch normalisation of x: the name of the operation, whose results are the normalised images [n, h, w, c], the
 * batch's mean and unbiased variance, and what the gradient wants.
 */
function fusedBatchNorm(
  c: TensorflowContext,
  x: string,
  shape: readonly number[],
  scale: string,
  bias: string,
  attrs: NormalizeAttrs,
) {
  const none = c.constant([], [0], 'float32');
  return c.op('FusedBatchNormV3', [imagesOf(c, x, shape, attrs), scale, bias, none, none], kernelAttrs(attrs));
}

function kernelAttrs({ eps, narrow }: NormalizeAttrs) {
  return {
    T: { type: narrow ?? 'float32' },
    U: { type: 'float32' },
    data_format: { s: 'NHWC' },
    epsilon: { f: eps },
    is_training: { b: true },
  } as const;
}

/** The shape as images, whose every position is a row to normalise over. */
function asImages(shape: readonly number[]): readonly number[] {
  if (shape.length === 4) return shape;
  return [countOf(shape.slice(0, -1)), 1, 1, shape.at(-1)!];
}

function imagesOf(c: TensorflowContext, x: string, shape: readonly number[], { narrow }: Narrow): string {
  const images = shape.length === 4 ? x : reshapeTensor(c, x, asImages(shape));
  return narrow ? narrowTensor(c, images, narrow) : images;
}

function fromImages(c: TensorflowContext, x: string, shape: readonly number[], { narrow }: Narrow): string {
  const images = narrow ? wideTensor(c, x, narrow) : x;
  return shape.length === 4 ? images : reshapeTensor(c, images, shape);
}

/** Whether statistics are taken over all axes but the last, as batch normalisation does. */
export function isOverRows(rank: number, { axes }: NormalizeAttrs): boolean {
  return axes.length === rank - 1 && axes.every((axis, i) => axis === i);
}

function needsRows(c: TensorflowContext, at: number, attrs: NormalizeAttrs): readonly number[] {
  const shape = staticShape(c.argTypes[at]!.shape);
  if (!isOverRows(shape.length, attrs)) throw new Error('TensorFlow normalises over all axes but the last');
  return shape;
}

export const normalizeOps: { readonly [N in NormalizeName]: Op } = {
  normalize: define<NormalizeAttrs>({
    name: 'normalize',
    doc: '(x - mean) / √(variance + eps) · scale + bias, mean and variance over axes, scale and bias along the last one.',
    arity: 3,
    infer: (args, attrs) => faultOf(args, attrs) ?? args[0]!,
    gradient(b, node, g, attrs) {
      const part = (of: GradientAttrs['of']): Node => b.op('normalize_gradient', [g, ...node.args], { ...attrs, of });
      return [part('x'), part('scale'), part('bias')];
    },
    spell(b, [x, scale, bias], attrs) {
      return b.add(b.mul(spelled(b, x!, attrs).unit, scale!), bias!);
    },
    evaluate([x, scale, bias], attrs) {
      const channels = scale!.shape[0]!;
      const { unit } = statistics(roundedIf(x!, attrs), attrs);
      const data = unit.map((v, i) => v * scale!.data[i % channels]! + bias!.data[i % channels]!);
      return roundedIf({ shape: x!.shape, data }, attrs);
    },
    batching: 'none',
    tensorflow(c, attrs) {
      const shape = needsRows(c, 0, attrs);
      const [x, scale, bias] = c.args as readonly [string, string, string];
      return fromImages(c, fusedBatchNorm(c, x, shape, scale, bias, attrs), shape, attrs);
    },
    flops: ([x]) => 8 * countOf(staticShape(x!.shape)),
  }),
  normalize_moment: define<MomentAttrs>({
    name: 'normalize_moment',
    doc: 'The mean or the (biased) variance that normalize of the same arguments takes out, over axes.',
    arity: 3,
    infer: (args, attrs) => faultOf(args, attrs) ?? float32(args[0]!.shape.filter((_, i) => !attrs.axes.includes(i))),
    spell(b, [x], { axes, moment }) {
      return b.reduce(moment === 'mean' ? 'reduce_mean' : 'variance', x!, axes, false);
    },
    evaluate: ([x], attrs, type) => ({
      shape: staticShape(type.shape),
      data: statistics(roundedIf(x!, attrs), attrs)[attrs.moment],
    }),
    batching: 'none',
    tensorflow(c, attrs) {
      const shape = needsRows(c, 0, attrs);
      const [x, scale, bias] = c.args as readonly [string, string, string];
      const fused = fusedBatchNorm(c, x, shape, scale, bias, attrs);
      if (attrs.moment === 'mean') return `${fused}:1`;
      // TensorFlow gives the unbiased one.
      const n = countOf(shape.slice(0, -1));
      const biased = c.constant((n - 1) / n, [], 'float32');
      return c.op('Mul', [`${fused}:2`, biased], { T: { type: 'float32' } });
    },
    flops: () => 0,
  }),
  normalize_gradient: define<GradientAttrs>({
    name: 'normalize_gradient',
    doc: "The gradient of normalize for x, its scale or its bias, from the result's cotangent and its arguments.",
    arity: 4,
    infer: (args, attrs) => {
      const [dy, x, scale, bias] = args as readonly [TensorType, TensorType, TensorType, TensorType];
      return faultOf([x, scale, bias], attrs) ?? (attrs.of === 'x' ? dy : scale);
    },
    spell: (b, [dy, x, scale], attrs) => spellGradient(b, dy!, x!, scale!, attrs),
    evaluate: (args, attrs) => evaluateGradient(args as readonly [NdArray, NdArray, NdArray], attrs),
    batching: 'none',
    tensorflow(c, attrs) {
      const shape = needsRows(c, 1, attrs);
      const [dy, x, scale, bias] = c.args as readonly [string, string, string, string];
      const fused = fusedBatchNorm(c, x, shape, scale, bias, attrs);
      const inputs = [imagesOf(c, dy, shape, attrs), imagesOf(c, x, shape, attrs), scale];
      const saved = [`${fused}:3`, `${fused}:4`, `${fused}:5`];
      const gradient = c.op('FusedBatchNormGradV3', [...inputs, ...saved], kernelAttrs(attrs));
      if (attrs.of === 'x') return fromImages(c, gradient, shape, attrs);
      return attrs.of === 'scale' ? `${gradient}:1` : `${gradient}:2`;
    },
    flops: ([, x]) => 12 * countOf(staticShape(x!.shape)),
  }),
};
