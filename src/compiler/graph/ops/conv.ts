/** Two-dimensional convolution (cross-correlation, channels last) and its two gradients, closed under differentiation. */
import type { Builder } from '../builder.js';
import { addDims, type Dim, mulDims, sameDim, sameShape, showDim, showShape, subDims, symbol } from '../dim.js';
import { countOf, zerosOf } from '../ndarray.js';
import { ShapeError } from '../shape-error.js';
import type { Axis, Node, TensorType } from '../types.js';
import { alignAxes, axisSizes, orderAxes, ownShape, unionAxes } from './batching.js';
import { convValue } from './conv-onnx.js';
import { convTensor, filterGradientTensor, inputGradientTensor } from './conv-tensorflow.js';
import { factors, type Narrow, narrowed, roundedIf } from './narrow.js';
import { type Batched, define, type NdArray, type Op } from './op.js';
import { float32, literal, staticShape, wants } from './shapes.js';

export type ConvName = 'conv2d' | 'conv2d_input_gradient' | 'conv2d_filter_gradient';

/** stride [h, w]; pad [top, bottom, left, right]; dilation [h, w] of the filter. */
export type ConvAttrs = Narrow & {
  readonly stride: readonly number[];
  readonly pad: readonly number[];
  readonly dilation: readonly number[];
};
type InputGradientAttrs = ConvAttrs & { readonly inputShape: readonly Dim[] };
type FilterGradientAttrs = ConvAttrs & { readonly filterShape: readonly Dim[] };

/** Padding [before, after] such that the result has ⌈size / stride⌉ elements, the odd one after (TensorFlow's SAME). */
export function samePadding(size: number, kernel: number, stride: number, dilation = 1): readonly [number, number] {
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

function resultSize(size: Dim, kernel: Dim, stride: number, pads: number, dilation: number): Dim {
  const room = subDims(addDims(size, pads), addDims(mulDims(subDims(kernel, 1), dilation), 1));
  if (typeof room === 'number') return Math.floor(room / stride) + 1;
  return stride === 1 ? addDims(room, 1) : addDims(symbol(`(${showDim(room)} / ${stride})`), 1);
}

function inferShape(
  x: readonly Dim[],
  w: readonly Dim[],
  { stride, pad, dilation }: ConvAttrs,
): readonly Dim[] | string {
  if (x.length !== 3 && x.length !== 4) return `conv takes images [height, width, channels], not ${showShape(x)}`;
  if (w.length !== 4) return `conv's filter is [height, width, channels in, channels out], not ${showShape(w)}`;
  const [h, wd, c] = x.slice(-3) as [Dim, Dim, Dim];
  const [kh, kw, ci, o] = w as [Dim, Dim, Dim, Dim];
  if (!sameDim(c, ci))
    return `conv's filter ${showShape(w)} takes ${showDim(ci)} channels, and the image ${showShape(x)} has ${showDim(c)}`;
  const oh = resultSize(h, kh, stride[0]!, pad[0]! + pad[1]!, dilation[0]!);
  const ow = resultSize(wd, kw, stride[1]!, pad[2]! + pad[3]!, dilation[1]!);
  if ((typeof oh === 'number' && oh < 1) || (typeof ow === 'number' && ow < 1))
    return `conv's filter ${showShape(w)} is larger than the padded image ${showShape(x)}`;
  return [...x.slice(0, -3), oh, ow, o];
}

function base({ stride, pad, dilation }: ConvAttrs): ConvAttrs {
  return { stride, pad, dilation };
}

export function convInputGradient(b: Builder, dy: Node, w: Node, attrs: ConvAttrs, inputShape: readonly Dim[]): Node {
  return b.op('conv2d_input_gradient', [dy, w], { ...base(attrs), inputShape });
}

export function convFilterGradient(b: Builder, x: Node, dy: Node, attrs: ConvAttrs, filterShape: readonly Dim[]): Node {
  return b.op('conv2d_filter_gradient', [x, dy], { ...base(attrs), filterShape });
}

/** Calls `visit(x offset, w offset, y offset)` at every (image, output place, filter place) inside the image; channels are left to it. */
function eachTap(
  x: readonly number[],
  w: readonly number[],
  y: readonly number[],
  { stride, pad, dilation }: ConvAttrs,
  visit: (xAt: number, wAt: number, yAt: number) => void,
): void {
  const [h, wd, c] = x.slice(-3) as [number, number, number];
  const [kh, kw, , o] = w as [number, number, number, number];
  const [oh, ow] = y.slice(-3) as [number, number, number];
  const n = countOf(x.slice(0, -3));
  for (let i = 0; i < n; i++)
    for (let p = 0; p < oh; p++)
      for (let q = 0; q < ow; q++)
        for (let u = 0; u < kh; u++) {
          const r = p * stride[0]! - pad[0]! + u * dilation[0]!;
          if (r < 0 || r >= h) continue;
          for (let v = 0; v < kw; v++) {
            const s = q * stride[1]! - pad[2]! + v * dilation[1]!;
            if (s >= 0 && s < wd) visit(((i * h + r) * wd + s) * c, (u * kw + v) * c * o, ((i * oh + p) * ow + q) * o);
          }
        }
}

/** Leading axes of an image flattened into its batch: the value as [n, h, w, c]. */
function flattened(b: Builder, x: Batched, axes: readonly Axis[]): Node {
  const own = ownShape(x);
  const node = alignAxes(b, x, axes, { broadcast: true });
  const n = countOf([...axisSizes(axes), ...own.slice(0, -3)]);
  return b.reshape(node, [n, ...own.slice(-3)]);
}

const sharedFilter = {
  arg: 1,
  sentence: "conv's filter must be the same for every example, and this one differs from example to example",
};

function noFilterAxes(w: Batched): void {
  if (w.axes.length > 0) throw new ShapeError(sharedFilter.sentence, 'conv2d', [w.node.type]);
}

function unflattened(b: Builder, node: Node, axes: readonly Axis[], lead: readonly number[]): Batched {
  const rest = node.type.shape.slice(1);
  return { node: b.reshape(node, [...axisSizes(axes), ...lead, ...rest]), axes, rank: lead.length + rest.length };
}

const settings = (a: ConvAttrs) => `${literal(a.stride)}, ${literal(a.pad)}, ${literal(a.dilation)}`;

function convFlops(y: readonly Dim[], w: readonly Dim[]): number {
  const [kh, kw, c] = staticShape(w) as readonly [number, number, number];
  return 2 * countOf(staticShape(y)) * kh * kw * c;
}

function floats(name: string, args: readonly TensorType[]): string | undefined {
  const other = args.find((x) => x.dtype !== 'float32');
  return other && wants(name, 'float32', other.dtype);
}

/** Whether y is what conv2d of x by w would give; or a sentence that it is not. */
function agree(x: readonly Dim[], w: readonly Dim[], y: readonly Dim[], attrs: ConvAttrs): string | undefined {
  const wanted = inferShape(x, w, attrs);
  if (typeof wanted === 'string') return wanted;
  return sameShape(wanted, y)
    ? undefined
    : `conv of ${showShape(x)} by ${showShape(w)} is ${showShape(wanted)}, not ${showShape(y)}`;
}

function convolve(x: NdArray, w: NdArray, shape: readonly number[], attrs: ConvAttrs): NdArray {
  const result = zerosOf(shape);
  const [c, o] = [w.shape[2]!, w.shape[3]!];
  eachTap(x.shape, w.shape, shape, attrs, (xAt, wAt, yAt) => {
    for (let i = 0; i < c; i++) {
      const v = x.data[xAt + i]!;
      for (let j = 0; j < o; j++) result.data[yAt + j]! += v * w.data[wAt + i * o + j]!;
    }
  });
  return result;
}

export const convOps: { readonly [N in ConvName]: Op } = {
  conv2d: define<ConvAttrs>({
    name: 'conv2d',
    doc: 'Convolution of images [n, h, w, c] (or one, [h, w, c]) by a filter [kh, kw, c, o].',
    arity: 2,
    shared: sharedFilter,
    infer([x, w], attrs) {
      const shape = floats('conv', [x!, w!]) ?? inferShape(x!.shape, w!.shape, attrs);
      return typeof shape === 'string' ? shape : float32(shape);
    },
    gradient(b, node, g, attrs) {
      const [x, w] = node.args as readonly [Node, Node];
      return [convInputGradient(b, g, w, attrs, x.type.shape), convFilterGradient(b, x, g, attrs, w.type.shape)];
    },
    evaluate(args, attrs, type) {
      const [x, w] = factors(args, attrs);
      return roundedIf(convolve(x!, w!, staticShape(type.shape), attrs), attrs);
    },
    batching(b, [x, w], attrs) {
      noFilterAxes(w!);
      const node = b.op('conv2d', [flattened(b, x!, x!.axes), w!.node], attrs);
      return unflattened(b, node, x!.axes, ownShape(x!).slice(0, -3));
    },
    tensorflow: (context, attrs) => narrowed(context, attrs, (c) => convTensor(c, attrs)),
    onnx: convValue,
    tfjs: (c, attrs) => `${c.support('conv2d')}(${c.args[0]}, ${c.args[1]}, ${settings(attrs)})`,
    flops: ([, w], type) => convFlops(type.shape, w!.shape),
  }),
  conv2d_input_gradient: define<InputGradientAttrs>({
    name: 'conv2d_input_gradient',
    doc: "The gradient of conv2d for its images, from the result's cotangent and the filter.",
    arity: 2,
    infer: ([dy, w], attrs) =>
      floats('conv', [dy!, w!]) ?? agree(attrs.inputShape, w!.shape, dy!.shape, attrs) ?? float32(attrs.inputShape),
    gradient(b, node, g, attrs) {
      const [dy, w] = node.args as readonly [Node, Node];
      return [b.op('conv2d', [g, w], base(attrs)), convFilterGradient(b, g, dy, attrs, w.type.shape)];
    },
    evaluate(args, attrs, type) {
      const [dy, w] = factors(args, attrs);
      const result = zerosOf(staticShape(type.shape));
      const [c, o] = [w!.shape[2]!, w!.shape[3]!];
      eachTap(result.shape, w!.shape, dy!.shape, attrs, (xAt, wAt, yAt) => {
        for (let i = 0; i < c; i++) {
          let sum = 0;
          for (let j = 0; j < o; j++) sum += dy!.data[yAt + j]! * w!.data[wAt + i * o + j]!;
          result.data[xAt + i]! += sum;
        }
      });
      return roundedIf(result, attrs);
    },
    batching(b, [dy, w], attrs) {
      noFilterAxes(w!);
      const flat = flattened(b, dy!, dy!.axes);
      const inputShape = [flat.type.shape[0]!, ...attrs.inputShape.slice(-3)];
      return unflattened(
        b,
        convInputGradient(b, flat, w!.node, attrs, inputShape),
        dy!.axes,
        ownShape(dy!).slice(0, -3),
      );
    },
    tfjs: (c, attrs) =>
      `${c.support('conv2dInputGradient')}(${c.args[0]}, ${c.args[1]}, ${literal(staticShape(attrs.inputShape))}, ${settings(attrs)})`,
    tensorflow: (context, attrs) =>
      narrowed(context, attrs, (c) => inputGradientTensor(c, attrs, staticShape(attrs.inputShape))),
    flops: ([dy, w]) => convFlops(dy!.shape, w!.shape),
  }),
  conv2d_filter_gradient: define<FilterGradientAttrs>({
    name: 'conv2d_filter_gradient',
    doc: "The gradient of conv2d for its filter, from the images and the result's cotangent.",
    arity: 2,
    infer: ([x, dy], attrs) =>
      floats('conv', [x!, dy!]) ?? agree(x!.shape, attrs.filterShape, dy!.shape, attrs) ?? float32(attrs.filterShape),
    gradient(b, node, g, attrs) {
      const [x, dy] = node.args as readonly [Node, Node];
      return [convInputGradient(b, dy, g, attrs, x.type.shape), b.op('conv2d', [x, g], base(attrs))];
    },
    evaluate(args, attrs, type) {
      const [x, dy] = factors(args, attrs);
      const result = zerosOf(staticShape(type.shape));
      const [c, o] = [result.shape[2]!, result.shape[3]!];
      eachTap(x!.shape, result.shape, dy!.shape, attrs, (xAt, wAt, yAt) => {
        for (let i = 0; i < c; i++) {
          const v = x!.data[xAt + i]!;
          for (let j = 0; j < o; j++) result.data[wAt + i * o + j]! += v * dy!.data[yAt + j]!;
        }
      });
      return roundedIf(result, attrs);
    },
    // A filter gradient for each example is not one convolution: with axes, x and dy are unrolled example by example.
    batching(b, args, attrs) {
      const axes = unionAxes(args);
      const [x, dy] = args.map((arg) => alignAxes(b, orderAxes(b, arg, axes), axes, { broadcast: true })) as [
        Node,
        Node,
      ];
      const sizes = axisSizes(axes);
      const n = countOf(sizes);
      const each = (node: Node, i: number): Node => {
        const own = staticShape(node.type.shape.slice(axes.length));
        const flat = b.reshape(node, [n, ...own]);
        const one = b.slice(flat, [i, ...own.map(() => 0)], [1, ...own]);
        return b.reshape(one, own);
      };
      const parts = Array.from({ length: n }, (_, i) =>
        b.reshape(convFilterGradient(b, each(x, i), each(dy, i), attrs, attrs.filterShape), [1, ...attrs.filterShape]),
      );
      return { node: b.reshape(b.concat(parts, 0), [...sizes, ...attrs.filterShape]), axes, rank: 4 };
    },
    tfjs: (c, attrs) =>
      `${c.support('conv2dFilterGradient')}(${c.args[0]}, ${c.args[1]}, ${literal(staticShape(attrs.filterShape))}, ${settings(attrs)})`,
    tensorflow: (context, attrs) =>
      narrowed(context, attrs, (c) => filterGradientTensor(c, attrs, staticShape(attrs.filterShape))),
    flops: ([, dy], type) => convFlops(dy!.shape, type.shape),
  }),
};
