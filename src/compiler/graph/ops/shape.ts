/** Operations that move elements without computing on them. */
import { addDims, type Dim, mulDims, sameDim, sameShape, showDim, showShape, sizeOf, subDims } from '../dim.js';
import { broadcasted, countOf, strided, stridesOf, transposed, walkRows, zerosOf } from '../ndarray.js';
import type { Node } from '../types.js';
import { alignAxes, axisSizes, ownShape, unionAxes } from './batching.js';
import { define, type FunctionWriter, type OnnxContext, type Op, type TensorflowContext } from './op.js';
import { broadcastShapes, checkAxes, inverse, literal, range, staticShape, unbroadcast } from './shapes.js';

export type ShapeName = 'reshape' | 'transpose' | 'broadcast_to' | 'slice' | 'pad' | 'concat' | 'reverse';

type Slice = { readonly begin: readonly Dim[]; readonly size: readonly Dim[]; readonly strides: readonly number[] };
type Pad = {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly interior: readonly number[];
};

/** As much of the context as these need: a function's body has no more. */
type Writer = FunctionWriter & Pick<TensorflowContext, 'type'>;

/** The element type and the type of shapes, as most of TensorFlow's operations on shapes want them. */
function typed(c: Writer, shapes: string) {
  return { T: { type: c.type.dtype }, [shapes]: { type: 'int32' } } as const;
}

export function reshapeTensor(c: Writer, x: string, shape: readonly number[]): string {
  return c.op('Reshape', [x, c.ints(shape)], typed(c, 'Tshape'));
}

export function transposeTensor(c: Writer, x: string, perm: readonly number[]): string {
  return c.op('Transpose', [x, c.ints(perm)], typed(c, 'Tperm'));
}

export function padTensor(c: Writer, x: string, before: readonly number[], after: readonly number[]): string {
  const paddings = before.flatMap((n, i) => [n, after[i]!]);
  return c.op('Pad', [x, c.constant(paddings, [before.length, 2], 'int32')], typed(c, 'Tpaddings'));
}

/** Every `strides`-th element from `begin` on, until there are `size` of them. */
export function stridedSliceTensor(
  c: Writer,
  x: string,
  begin: readonly number[],
  size: readonly number[],
  strides: readonly number[],
): string {
  const end = begin.map((from, i) => (size[i] === 0 ? from : from + (size[i]! - 1) * strides[i]! + 1));
  return c.op('StridedSlice', [x, c.ints(begin), c.ints(end), c.ints(strides)], {
    T: { type: c.type.dtype },
    Index: { type: 'int32' },
  });
}

/** Zeros of a shape in which x's elements stand `strides` apart, from `begin` on. */
export function spreadTensor(
  c: Writer,
  x: string,
  shape: readonly number[],
  begin: readonly number[],
  size: readonly number[],
  strides: readonly number[],
): string {
  const end = begin.map((from, i) => (size[i] === 0 ? from : from + (size[i]! - 1) * strides[i]! + 1));
  return c.op('StridedSliceGrad', [c.ints(shape), c.ints(begin), c.ints(end), c.ints(strides), x], {
    T: { type: c.type.dtype },
    Index: { type: 'int32' },
  });
}

export function reshapeValue(c: OnnxContext, x: string, shape: readonly number[]): string {
  // Without it a 0 stands for the size that is there.
  return c.op('Reshape', [x, c.ints(shape)], shape.includes(0) ? { allowzero: { i: 1 } } : {});
}

export function transposeValue(c: OnnxContext, x: string, perm: readonly number[]): string {
  return perm.every((p, i) => p === i) ? x : c.op('Transpose', [x], { perm: { ints: perm } });
}

/** With zeros between the elements of an axis: each element becomes a row of its own, which is padded. */
function padValue(c: OnnxContext, { before, after, interior }: Pad): string {
  const padded = (x: string, from: readonly number[], to: readonly number[]): string =>
    c.op('Pad', [x, c.ints([...from, ...to])]);
  if (interior.every((n) => n === 0)) return padded(c.args[0]!, before, after);
  const shape = staticShape(c.argTypes[0]!.shape);
  const rows = reshapeValue(
    c,
    c.args[0]!,
    shape.flatMap((n) => [n, 1]),
  );
  const none = fill(2 * shape.length, 0);
  const apart = padded(
    rows,
    none,
    interior.flatMap((n) => [0, n]),
  );
  const joined = reshapeValue(
    c,
    apart,
    shape.map((n, i) => n * (1 + interior[i]!)),
  );
  const sizes = shape.map((n, i) => (n === 0 ? 0 : n + (n - 1) * interior[i]!));
  const axes = c.ints(range(shape.length));
  return padded(c.op('Slice', [joined, c.ints(fill(shape.length, 0)), c.ints(sizes), axes]), before, after);
}

const fill = (n: number, value: number): number[] => new Array<number>(n).fill(value);

export const shapeOps: { readonly [N in ShapeName]: Op } = {
  reshape: define<{ readonly shape: readonly Dim[] }>({
    name: 'reshape',
    doc: 'The same elements in row-major order under another shape.',
    arity: 1,
    infer([x], { shape }) {
      const [from, to] = [sizeOf(x!.shape), sizeOf(shape)];
      if (sameDim(from, to)) return { dtype: x!.dtype, shape };
      return `${showShape(x!.shape)} does not reshape to ${showShape(shape)}: ${showDim(from)} elements against ${showDim(to)}`;
    },
    gradient: (b, node, g) => [b.reshape(g, node.args[0]!.type.shape)],
    evaluate: ([x], _attrs, type) => ({ shape: staticShape(type.shape), data: x!.data }),
    batching: 'shift',
    shift: ({ shape }, _n, leading) => ({ shape: [...leading, ...shape] }),
    tfjs: (c, { shape }) => `tf.reshape(${c.args[0]}, ${literal(staticShape(shape))})`,
    tensorflow: (c, { shape }) => reshapeTensor(c, c.args[0]!, staticShape(shape)),
    onnx: (c, { shape }) => reshapeValue(c, c.args[0]!, staticShape(shape)),
    flops: () => 0,
  }),
  transpose: define<{ readonly perm: readonly number[] }>({
    name: 'transpose',
    doc: 'The axes in another order: axis i of the result is axis perm[i] of x.',
    arity: 1,
    infer([x], { perm }) {
      const rank = x!.shape.length;
      if (perm.length !== rank)
        return `transpose names ${perm.length} axes of ${showShape(x!.shape)}, which has ${rank}`;
      return checkAxes(perm, rank) ?? { dtype: x!.dtype, shape: perm.map((p) => x!.shape[p]!) };
    },
    gradient: (b, _node, g, { perm }) => [b.transpose(g, inverse(perm))],
    evaluate: ([x], { perm }) => transposed(x!, perm),
    batching: 'shift',
    shift: ({ perm }, n) => ({ perm: [...range(n), ...perm.map((p) => p + n)] }),
    tfjs: (c, { perm }) => `tf.transpose(${c.args[0]}, ${literal(perm)})`,
    tensorflow: (c, { perm }) => transposeTensor(c, c.args[0]!, perm),
    onnx: (c, { perm }) => transposeValue(c, c.args[0]!, perm),
    flops: () => 0,
  }),
  broadcast_to: define<{ readonly shape: readonly Dim[] }>({
    name: 'broadcast_to',
    doc: 'Repeats along axes of size 1 and along new leading axes.',
    arity: 1,
    infer([x], { shape }) {
      const joint = broadcastShapes(x!.shape, shape);
      if (typeof joint === 'string') return joint;
      return sameShape(joint, shape)
        ? { dtype: x!.dtype, shape }
        : `${showShape(x!.shape)} does not broadcast to ${showShape(shape)}`;
    },
    gradient: (b, node, g) => [unbroadcast(b, g, node.args[0]!.type.shape)],
    evaluate: ([x], _attrs, type) => broadcasted(x!, staticShape(type.shape)),
    // The own shape may grow at its front, behind the leading axes.
    batching(b, [x], { shape }) {
      const rank = shape.length;
      const node = b.broadcastTo(alignAxes(b, x!, x!.axes, { rank }), [...axisSizes(x!.axes), ...shape]);
      return { node, axes: x!.axes, rank };
    },
    tfjs: (c, { shape }) => `tf.broadcastTo(${c.args[0]}, ${literal(staticShape(shape))})`,
    tensorflow: (c, { shape }) => c.op('BroadcastTo', [c.args[0]!, c.ints(staticShape(shape))], typed(c, 'Tidx')),
    onnx: (c, { shape }) => c.op('Expand', [c.args[0]!, c.ints(staticShape(shape))]),
    flops: () => 0,
  }),
  slice: define<Slice>({
    name: 'slice',
    doc: 'size elements along each axis, from begin on, strides apart.',
    arity: 1,
    infer([x], { begin, size, strides }) {
      const rank = x!.shape.length;
      if (begin.length !== rank || size.length !== rank || strides.length !== rank)
        return `a slice of ${showShape(x!.shape)} needs ${rank} ranges, not ${Math.max(begin.length, size.length)}`;
      for (let i = 0; i < rank; i++) {
        const [d, from, n, step] = [x!.shape[i]!, begin[i]!, size[i]!, strides[i]!];
        if (typeof from === 'number' && from < 0) return `a slice cannot begin at ${from}`;
        if (typeof n === 'number' && n < 0) return `a slice cannot hold ${n} elements`;
        const end = addDims(from, addDims(mulDims(subDims(n, 1), step), 1));
        if (typeof d === 'number' && typeof end === 'number' && n !== 0 && end > d)
          return `elements ${showDim(from)} to ${end - 1} of axis ${i} are sliced, but it has ${d}`;
      }
      return { dtype: x!.dtype, shape: size };
    },
    gradient(b, node, g, { begin, strides }) {
      const from = staticShape(node.args[0]!.type.shape);
      const before = staticShape(begin);
      const size = staticShape(node.type.shape);
      const after = from.map((d, i) =>
        size[i] === 0 ? d - before[i]! : d - before[i]! - ((size[i]! - 1) * strides[i]! + 1),
      );
      return [
        b.pad(
          g,
          before,
          after,
          strides.map((s) => s - 1),
        ),
      ];
    },
    evaluate([x], { begin, strides }, type) {
      const own = stridesOf(x!.shape);
      const start = staticShape(begin).reduce((sum, from, i) => sum + from * own[i]!, 0);
      return strided(
        x!,
        staticShape(type.shape),
        own.map((s, i) => s * strides[i]!),
        start,
      );
    },
    batching: 'shift',
    shift: ({ begin, size, strides }, n, leading) => ({
      begin: [...fill(n, 0), ...begin],
      size: [...leading, ...size],
      strides: [...fill(n, 1), ...strides],
    }),
    tfjs(c, { begin, size, strides }) {
      const [from, n] = [literal(staticShape(begin)), literal(staticShape(size))];
      if (strides.every((s) => s === 1)) return `tf.slice(${c.args[0]}, ${from}, ${n})`;
      return `${c.support('stridedSlice')}(${c.args[0]}, ${from}, ${n}, ${literal(strides)})`;
    },
    tensorflow(c, { begin, size, strides }) {
      const [from, n] = [staticShape(begin), staticShape(size)];
      if (strides.every((s) => s === 1)) return c.op('Slice', [c.args[0]!, c.ints(from), c.ints(n)], typed(c, 'Index'));
      return stridedSliceTensor(c, c.args[0]!, from, n, strides);
    },
    onnx(c, { begin, size, strides }) {
      const [from, n] = [staticShape(begin), staticShape(size)];
      const to = from.map((start, i) => (n[i] === 0 ? start : start + (n[i]! - 1) * strides[i]! + 1));
      return c.op('Slice', [c.args[0]!, c.ints(from), c.ints(to), c.ints(range(from.length)), c.ints(strides)]);
    },
    flops: () => 0,
  }),
  pad: define<Pad>({
    name: 'pad',
    doc: 'Zeros before, after and (interior of them) between the elements of each axis.',
    arity: 1,
    infer([x], { before, after, interior }) {
      const rank = x!.shape.length;
      for (const list of [before, after, interior]) {
        if (list.length !== rank) return `padding ${showShape(x!.shape)} needs ${rank} numbers, not ${list.length}`;
        if (list.some((n) => n < 0)) return `padding cannot be negative: [${list.join(', ')}]`;
      }
      const shape = x!.shape.map((d, i) => {
        const between = d === 0 ? 0 : mulDims(subDims(d, 1), interior[i]!);
        return addDims(addDims(d, between), before[i]! + after[i]!);
      });
      return { dtype: x!.dtype, shape };
    },
    gradient: (b, node, g, { before, interior }) => [
      b.slice(
        g,
        before,
        node.args[0]!.type.shape,
        interior.map((n) => n + 1),
      ),
    ],
    evaluate([x], { before, interior }, type) {
      const result = zerosOf(staticShape(type.shape));
      const own = stridesOf(result.shape);
      const start = before.reduce((sum, n, i) => sum + n * own[i]!, 0);
      const [to, from] = [result.data, x!.data];
      walkRows(
        x!.shape,
        own.map((s, i) => s * (interior[i]! + 1)),
        start,
        (at, offset, count, stride) => {
          for (let i = 0; i < count; i++) to[offset + i * stride] = from[at + i]!;
        },
      );
      return result;
    },
    batching: 'shift',
    shift: ({ before, after, interior }, n) => ({
      before: [...fill(n, 0), ...before],
      after: [...fill(n, 0), ...after],
      interior: [...fill(n, 0), ...interior],
    }),
    tfjs(c, { before, after, interior }) {
      if (interior.every((n) => n === 0))
        return `tf.pad(${c.args[0]}, ${literal(before.map((n, i) => [n, after[i]!]))})`;
      return `${c.support('padInterior')}(${c.args[0]}, ${literal(before)}, ${literal(after)}, ${literal(interior)})`;
    },
    tensorflow(c, { before, after, interior }) {
      if (interior.every((n) => n === 0)) return padTensor(c, c.args[0]!, before, after);
      const [own, shape] = [staticShape(c.argTypes[0]!.shape), staticShape(c.type.shape)];
      return spreadTensor(
        c,
        c.args[0]!,
        shape,
        before,
        own,
        interior.map((n) => n + 1),
      );
    },
    onnx: padValue,
    flops: () => 0,
  }),
  concat: define<{ readonly axis: number }>({
    name: 'concat',
    doc: 'Values joined along an axis.',
    arity: 'any',
    infer(args, { axis }) {
      const first = args[0];
      if (!first) return 'concat needs at least one value';
      const fault = checkAxes([axis], first.shape.length);
      if (fault) return fault;
      for (const x of args) {
        if (x.dtype !== first.dtype) return `concat of ${first.dtype} and ${x.dtype}: the element types must be equal`;
        if (x.shape.length !== first.shape.length || x.shape.some((d, i) => i !== axis && !sameDim(d, first.shape[i]!)))
          return `shapes ${showShape(first.shape)} and ${showShape(x.shape)} do not join along axis ${axis}: the other axes must be equal`;
      }
      const total = args.reduce<Dim>((sum, x) => addDims(sum, x.shape[axis]!), 0);
      return { dtype: first.dtype, shape: first.shape.map((d, i) => (i === axis ? total : d)) };
    },
    gradient(b, node, g, { axis }) {
      let at: Dim = 0;
      return node.args.map((x) => {
        const begin = x.type.shape.map((_, i) => (i === axis ? at : 0));
        at = addDims(at, x.type.shape[axis]!);
        return b.slice(g, begin, x.type.shape);
      });
    },
    evaluate(args, { axis }, type) {
      const result = zerosOf(staticShape(type.shape));
      const inner = countOf(result.shape.slice(axis + 1));
      const outer = countOf(result.shape.slice(0, axis));
      const step = result.shape[axis]! * inner;
      let at = 0;
      for (const x of args) {
        const run = x.shape[axis]! * inner;
        for (let r = 0; r < outer; r++) result.data.set(x.data.subarray(r * run, (r + 1) * run), r * step + at);
        at += run;
      }
      return result;
    },
    batching(b, args, { axis }) {
      const axes = unionAxes(args);
      const nodes = args.map((x) => alignAxes(b, x, axes, { broadcast: true }));
      return { node: b.concat(nodes, axis + axes.length), axes, rank: ownShape(args[0]!).length };
    },
    tfjs: (c, { axis }) => (c.args.length === 1 ? c.args[0]! : `tf.concat([${c.args.join(', ')}], ${axis})`),
    tensorflow: (c, { axis }) =>
      c.args.length === 1
        ? c.args[0]!
        : c.op('ConcatV2', [...c.args, c.ints(axis)], { ...typed(c, 'Tidx'), N: { i: c.args.length } }),
    onnx: (c, { axis }) => (c.args.length === 1 ? c.args[0]! : c.op('Concat', c.args, { axis: { i: axis } })),
    flops: () => 0,
  }),
  reverse: define<{ readonly axes: readonly number[] }>({
    name: 'reverse',
    doc: 'The elements along axes in the opposite order.',
    arity: 1,
    infer: ([x], { axes }) => checkAxes(axes, x!.shape.length) ?? x!,
    gradient: (b, _node: Node, g, { axes }) => [b.op('reverse', [g], { axes })],
    evaluate([x], { axes }) {
      const own = stridesOf(x!.shape);
      if (x!.data.length === 0) return x!;
      const start = axes.reduce((sum, i) => sum + (x!.shape[i]! - 1) * own[i]!, 0);
      return strided(
        x!,
        x!.shape,
        own.map((s, i) => (axes.includes(i) ? -s : s)),
        start,
      );
    },
    batching: 'shift',
    shift: ({ axes }, n) => ({ axes: axes.map((a) => a + n) }),
    tfjs: (c, { axes }) => `tf.reverse(${c.args[0]}, ${literal(axes)})`,
    tensorflow: (c, { axes }) => c.op('ReverseV2', [c.args[0]!, c.ints(axes)], typed(c, 'Tidx')),
    onnx(c, { axes }) {
      if (axes.length === 0) return c.args[0]!;
      const all = (n: number): string => c.ints(fill(axes.length, n));
      return c.op('Slice', [c.args[0]!, all(-1), all(-(2 ** 31)), c.ints(axes), all(-1)]);
    },
    flops: () => 0,
  }),
};
