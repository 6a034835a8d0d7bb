/** Convolution and its gradients among TensorFlow's operations. */
import type { ConvAttrs } from './conv.js';
import { isProductOfPatches, productOfPatches } from './conv-patches.js';
import { isWinograd, winogradConv, winogradFilterGradient, winogradInputGradient } from './conv-winograd.js';
import type { TensorflowContext } from './op.js';
import { padTensor, reshapeTensor, spreadTensor, stridedSliceTensor } from './shape.js';
import { staticShape } from './shapes.js';

export type Four = readonly [number, number, number, number];

/** How TensorFlow is to see a convolution. */
export interface Plan {
  readonly padding: 'SAME' | 'VALID' | 'EXPLICIT';
  /** The images [n, h, w, c]. */
  readonly images: Four;
  /** The filter, and with the zeros between its elements that a dilation means. */
  readonly filter: Four;
  readonly spread: Four;
}

function planOf(images: readonly number[], filter: readonly number[], { stride, pad, dilation }: ConvAttrs): Plan {
  const [n, h, w, c] = (images.length === 3 ? [1, ...images] : images) as unknown as Four;
  const [kh, kw, ci, o] = filter as unknown as Four;
  const spread: Four = [(kh - 1) * dilation[0]! + 1, (kw - 1) * dilation[1]! + 1, ci, o];
  const total = (size: number, kernel: number, step: number): number =>
    Math.max((Math.ceil(size / step) - 1) * step + kernel - size, 0);
  const [rows, columns] = [total(h, spread[0], stride[0]!), total(w, spread[1], stride[1]!)];
  const same = [rows >> 1, rows - (rows >> 1), columns >> 1, columns - (columns >> 1)];
  const isNamed = pad.every((p) => p === 0) ? 'VALID' : same.every((p, i) => p === pad[i]) ? 'SAME' : undefined;
  return { padding: isNamed ?? 'EXPLICIT', images: [n, h, w, c], filter: [kh, kw, ci, o], spread };
}

/** Dilation is in the filter already: the gradients' kernels on the CPU do not know it. */
function attributes(c: TensorflowContext, { padding }: Plan, { stride, pad }: ConvAttrs) {
  return {
    T: { type: c.type.dtype },
    strides: { ints: [1, ...stride, 1] },
    // TensorFlow's default, which tfjs's graph models do not know.
    dilations: { ints: [1, 1, 1, 1] },
    padding: { s: padding },
    explicit_paddings: { ints: padding === 'EXPLICIT' ? [0, 0, ...pad, 0, 0] : [] },
    data_format: { s: 'NHWC' },
  } as const;
}

function batchOfImages(c: TensorflowContext, x: string, plan: Plan): string {
  return reshapeIfNeeded(c, x, staticShape(c.argTypes[0]!.shape), plan.images);
}

function reshapeIfNeeded(c: TensorflowContext, x: string, from: readonly number[], to: readonly number[]): string {
  return from.length === to.length ? x : reshapeTensor(c, x, to);
}

function spreadFilter(c: TensorflowContext, w: string, plan: Plan, { dilation }: ConvAttrs): string {
  if (dilation.every((d) => d === 1)) return w;
  return spreadTensor(c, w, plan.spread, [0, 0, 0, 0], plan.filter, [...dilation, 1, 1]);
}

export function convTensor(c: TensorflowContext, attrs: ConvAttrs): string {
  const [x, w] = c.argTypes.map((type) => staticShape(type.shape)) as [readonly number[], readonly number[]];
  const plan = planOf(x, w, attrs);
  const images = batchOfImages(c, c.args[0]!, plan);
  const result = isWinograd(c, plan, attrs)
    ? winogradConv(c, images, c.args[1]!, plan)
    : c.op('Conv2D', [images, spreadFilter(c, c.args[1]!, plan, attrs)], attributes(c, plan, attrs));
  return x.length === 3 ? reshapeTensor(c, result, staticShape(c.type.shape)) : result;
}

/** A cotangent as of a batch. */
function cotangent(c: TensorflowContext, at: 0 | 1): string {
  const shape = staticShape(c.argTypes[at]!.shape);
  return shape.length === 3 ? reshapeTensor(c, c.args[at]!, [1, ...shape]) : c.args[at]!;
}

/** Zeros around the images: [top, bottom, left, right]. */
type Around = readonly [number, number, number, number];

/** Without the zeros at the end that no window reaches, as there are with a stride. */
function zerosMet({ images, spread }: Plan, { stride, pad }: ConvAttrs): Around {
  const met = (axis: 0 | 1): number => {
    const [before, after] = [pad[2 * axis]!, pad[2 * axis + 1]!];
    const room = images[axis + 1]! + before + after - spread[axis]!;
    return Math.max(0, after - (room % stride[axis]!));
  };
  return [pad[0]!, met(0), pad[2]!, met(1)];
}

/** The zeros around the images as part of them, where TensorFlow's fast gradient kernels do not know them: they know 'SAME' and 'VALID'. */
function withoutExplicitPadding(plan: Plan, [top, bottom, left, right]: Around): Plan {
  if (plan.padding !== 'EXPLICIT') return plan;
  const [n, h, w, c] = plan.images;
  return { ...plan, padding: 'VALID', images: [n, h + top + bottom, w + left + right, c] };
}

export function inputGradientTensor(c: TensorflowContext, attrs: ConvAttrs, inputShape: readonly number[]): string {
  const plan = planOf(inputShape, staticShape(c.argTypes[1]!.shape), attrs);
  if (isWinograd(c, plan, attrs)) {
    const gradient = winogradInputGradient(c, cotangent(c, 0), c.args[1]!, plan);
    return reshapeIfNeeded(c, gradient, plan.images, inputShape);
  }
  const { pad } = attrs;
  // With all the columns: that kernel is no faster on fewer, and slower on an odd number of them.
  const padded = withoutExplicitPadding(plan, [pad[0]!, zerosMet(plan, attrs)[1], pad[2]!, pad[3]!]);
  const filter = spreadFilter(c, c.args[1]!, plan, attrs);
  const inputs = [c.ints(padded.images), filter, cotangent(c, 0)];
  const whole = c.op('Conv2DBackpropInput', inputs, attributes(c, padded, attrs));
  const types = { T: { type: c.type.dtype }, Index: { type: 'int32' } } as const;
  const inside =
    padded === plan ? whole : c.op('Slice', [whole, c.ints([0, pad[0]!, pad[2]!, 0]), c.ints(plan.images)], types);
  return reshapeIfNeeded(c, inside, plan.images, inputShape);
}

export function filterGradientTensor(c: TensorflowContext, attrs: ConvAttrs, filterShape: readonly number[]): string {
  const plan = planOf(staticShape(c.argTypes[0]!.shape), filterShape, attrs);
  const images = batchOfImages(c, c.args[0]!, plan);
  if (isWinograd(c, plan, attrs)) return winogradFilterGradient(c, images, cotangent(c, 1), plan);
  if (isProductOfPatches(c, plan, attrs)) return productOfPatches(c, images, plan, attrs);
  const [top, bottom, left, right] = zerosMet(plan, attrs);
  const padded = withoutExplicitPadding(plan, [top, bottom, left, right]);
  const around = padded === plan ? images : padTensor(c, images, [0, top, left, 0], [0, bottom, right, 0]);
  const whole = c.op(
    'Conv2DBackpropFilter',
    [around, c.ints(plan.spread), cotangent(c, 1)],
    attributes(c, padded, attrs),
  );
  if (attrs.dilation.every((d) => d === 1)) return whole;
  return stridedSliceTensor(c, whole, [0, 0, 0, 0], plan.filter, [...attrs.dilation, 1, 1]);
}
