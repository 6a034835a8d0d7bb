/** Reading by index and its transpose, adding by index. */
import type { Builder } from '../builder.js';
import { type Dim, sameShape, showShape } from '../dim.js';
import { countOf, zerosOf } from '../ndarray.js';
import type { Node, TensorType } from '../types.js';
import { alignAxes, axisSizes, hasAxis, orderAxes, unionAxes } from './batching.js';
import { type Batched, define, type OnnxContext, type Op, type TensorflowContext } from './op.js';
import { reshapeTensor, reshapeValue, transposeTensor, transposeValue } from './shape.js';
import { checkAxes, literal, range, staticShape } from './shapes.js';

export type IndexName = 'gather' | 'scatter_add' | 'write_rows';

/** The first batchDims axes of value and index go together; the index picks along `axis` of the value. */
export type GatherAttrs = { readonly axis: number; readonly batchDims: number };
type ScatterAttrs = GatherAttrs & { readonly shape: readonly Dim[] };

function gatheredShape(
  x: readonly Dim[],
  index: TensorType,
  { axis, batchDims }: GatherAttrs,
): readonly Dim[] | string {
  if (index.dtype !== 'int32') return `an index is ints, not ${index.dtype}`;
  const fault = checkAxes([axis], x.length);
  if (fault) return fault;
  if (batchDims > axis || !sameShape(x.slice(0, batchDims), index.shape.slice(0, batchDims)))
    return `the first ${batchDims} axes of ${showShape(x)} and of the index ${showShape(index.shape)} must be equal`;
  return [...x.slice(0, axis), ...index.shape.slice(batchDims), ...x.slice(axis + 1)];
}

/** Calls `visit(offset in the table, offset in the picked, run)` for each picked run of elements. */
function eachPick(
  x: readonly number[],
  index: { readonly shape: readonly number[]; readonly data: Float64Array },
  { axis, batchDims }: GatherAttrs,
  visit: (xAt: number, yAt: number, run: number) => void,
): void {
  const outer = countOf(x.slice(0, batchDims));
  const middle = countOf(x.slice(batchDims, axis));
  const rows = x[axis]!;
  const run = countOf(x.slice(axis + 1));
  const picks = countOf(index.shape.slice(batchDims));
  for (let o = 0; o < outer; o++)
    for (let m = 0; m < middle; m++)
      for (let p = 0; p < picks; p++) {
        const i = index.data[o * picks + p]!;
        if (i < 0 || i >= rows) throw new RangeError(`index ${i} outside an axis of size ${rows}`);
        visit(((o * middle + m) * rows + i) * run, ((o * middle + m) * picks + p) * run, run);
      }
}

/** Shared axes are batch dimensions; axes of only one side stay where they are and are moved to the front afterwards. */
function batchGather(b: Builder, args: readonly Batched[], { axis, batchDims }: GatherAttrs): Batched {
  let [x, index] = args as readonly [Batched, Batched];
  if (batchDims > 0) {
    const axes = unionAxes(args);
    x = { node: alignAxes(b, x, axes, { broadcast: true }), axes, rank: x.rank };
    index = { node: alignAxes(b, index, axes, { broadcast: true }), axes, rank: index.rank };
  }
  const shared = x.axes.filter((a) => hasAxis(index, a));
  const onlyX = x.axes.filter((a) => !hasAxis(index, a));
  const onlyIndex = index.axes.filter((a) => !hasAxis(x, a));
  const table = orderAxes(b, x, [...shared, ...onlyX]).node;
  const picks = orderAxes(b, index, [...shared, ...onlyIndex]).node;
  const at = axis + x.axes.length;
  const node = b.gather(table, picks, at, shared.length + batchDims);
  // node is [shared, onlyX, own before the axis, onlyIndex, own of the index, own after the axis]
  const axes = [...shared, ...onlyX, ...onlyIndex];
  const total = node.type.shape.length;
  const head = x.axes.length;
  const moved = range(onlyIndex.length, at);
  const perm = [...range(head), ...moved, ...range(total).filter((i) => i >= head && !moved.includes(i))];
  return { node: b.transpose(node, perm), axes, rank: total - axes.length };
}

/** Sums of rows by number: the axes before `axis` that are not shared are moved behind it, the shared ones counted into the number. */
function scatterTensor(c: TensorflowContext, { axis, batchDims, shape }: ScatterAttrs): string {
  const table = staticShape(shape);
  const outer = countOf(table.slice(0, batchDims));
  const middle = countOf(table.slice(batchDims, axis));
  const rows = table[axis]!;
  const run = countOf(table.slice(axis + 1));
  const picks = countOf(staticShape(c.argTypes[1]!.shape).slice(batchDims));
  const updates =
    middle === 1
      ? c.args[0]!
      : transposeTensor(c, reshapeTensor(c, c.args[0]!, [outer, middle, picks, run]), [0, 2, 1, 3]);
  const T = { type: 'int32' } as const;
  const index = c.op('Reshape', [c.args[1]!, c.ints([outer, picks])], { T, Tshape: T });
  const starts = c.constant(
    range(outer).map((i) => i * rows),
    [outer, 1],
    'int32',
  );
  const numbers = c.op('Reshape', [c.op('AddV2', [index, starts], { T }), c.ints([outer * picks])], { T, Tshape: T });
  const data = reshapeTensor(c, updates, [outer * picks, middle * run]);
  const sums = c.op('UnsortedSegmentSum', [data, numbers, c.ints(outer * rows)], {
    T: { type: c.type.dtype },
    Tindices: T,
    Tnumsegments: T,
  });
  const back =
    middle === 1 ? sums : transposeTensor(c, reshapeTensor(c, sums, [outer, rows, middle, run]), [0, 2, 1, 3]);
  return reshapeTensor(c, back, table);
}

/** With shared leading axes: the axis that is picked along comes behind them, and what was before it is moved back afterwards. */
function gatherValue(c: OnnxContext, { axis, batchDims }: GatherAttrs): string {
  if (batchDims === 0) return c.op('Gather', c.args, { axis: { i: axis } });
  const [x, index] = c.argTypes.map(({ shape }) => staticShape(shape)) as [readonly number[], readonly number[]];
  const before = range(axis - batchDims, batchDims);
  const after = range(x.length - axis - 1, axis + 1);
  const table = transposeValue(c, c.args[0]!, [...range(batchDims), axis, ...before, ...after]);
  const picks = reshapeValue(c, c.op('Cast', [c.args[1]!], { to: { type: 'int64' } }), [...index, 1]);
  const rows = c.op('GatherND', [table, picks], { batch_dims: { i: batchDims } });
  const own = index.length - batchDims;
  const moved = range(before.length, batchDims + own);
  return transposeValue(c, rows, [
    ...range(batchDims),
    ...moved,
    ...range(own, batchDims),
    ...range(after.length, batchDims + own + before.length),
  ]);
}

export const indexOps: { readonly [N in IndexName]: Op } = {
  gather: define<GatherAttrs>({
    name: 'gather',
    doc: 'Elements of the first value along an axis, picked by the ints of the second.',
    arity: 2,
    infer([x, index], attrs) {
      const shape = gatheredShape(x!.shape, index!, attrs);
      return typeof shape === 'string' ? shape : { dtype: x!.dtype, shape };
    },
    gradient: (b, node, g, { axis, batchDims }) => [
      b.op('scatter_add', [g, node.args[1]!], { axis, batchDims, shape: node.args[0]!.type.shape }),
      undefined,
    ],
    evaluate([x, index], attrs, type) {
      const result = zerosOf(staticShape(type.shape));
      eachPick(x!.shape, index!, attrs, (xAt, yAt, run) => {
        for (let i = 0; i < run; i++) result.data[yAt + i] = x!.data[xAt + i]!;
      });
      return result;
    },
    batching: batchGather,
    // The wasm backend overlooks batchDims.
    tfjs: (c, { axis, batchDims }) =>
      batchDims === 0
        ? `tf.gather(${c.args[0]}, ${c.args[1]}, ${axis})`
        : `${c.support('gatherBatched')}(${c.args[0]}, ${c.args[1]}, ${axis}, ${batchDims})`,
    tensorflow: (c, { axis, batchDims }) =>
      c.op('GatherV2', [c.args[0]!, c.args[1]!, c.ints(axis)], {
        Tparams: { type: c.type.dtype },
        Tindices: { type: 'int32' },
        Taxis: { type: 'int32' },
        batch_dims: { i: batchDims },
      }),
    onnx: gatherValue,
    flops: () => 0,
  }),
  scatter_add: define<ScatterAttrs>({
    name: 'scatter_add',
    doc: 'Zeros of a shape with values added where the index says: the transpose of gather.',
    arity: 2,
    infer([updates, index], attrs) {
      const wanted = gatheredShape(attrs.shape, index!, attrs);
      if (typeof wanted === 'string') return wanted;
      if (!sameShape(wanted, updates!.shape))
        return `${showShape(wanted)} is to be added by index into ${showShape(attrs.shape)}, not ${showShape(updates!.shape)}`;
      return { dtype: updates!.dtype, shape: attrs.shape };
    },
    gradient: (b, node, g, { axis, batchDims }) => [b.gather(g, node.args[1]!, axis, batchDims), undefined],
    evaluate([updates, index], attrs, type) {
      const result = zerosOf(staticShape(type.shape));
      eachPick(result.shape, index!, attrs, (xAt, yAt, run) => {
        for (let i = 0; i < run; i++) result.data[xAt + i]! += updates!.data[yAt + i]!;
      });
      return result;
    },
    batching(b, args, { axis, batchDims, shape }) {
      const axes = unionAxes(args);
      const nodes: Node[] = args.map((x) => alignAxes(b, x, axes, { broadcast: true }));
      const n = axes.length;
      const attrs = { axis: axis + n, batchDims: batchDims + n, shape: [...axisSizes(axes), ...shape] };
      return { node: b.op('scatter_add', nodes, attrs), axes, rank: shape.length };
    },
    tfjs: (c, { axis, batchDims, shape }) =>
      `${c.support('scatterAdd')}(${c.args[0]}, ${c.args[1]}, ${literal(staticShape(shape))}, ${axis}, ${batchDims})`,
    tensorflow: scatterTensor,
  }),
  write_rows: define({
    name: 'write_rows',
    doc: 'The first value with rows replaced: those that the ints of the second name, by the rows of the third. Without gradient.',
    arity: 3,
    infer([x, index, rows]) {
      if (index!.dtype !== 'int32' || index!.shape.length !== 1) return 'rows are named by a list of ints';
      if (rows!.dtype !== x!.dtype || !sameShape(rows!.shape, [index!.shape[0]!, ...x!.shape.slice(1)]))
        return `${showShape(rows!.shape)} are not ${showShape(index!.shape)} rows of ${showShape(x!.shape)}`;
      return x!;
    },
    evaluate([x, index, rows]) {
      const data = x!.data.slice();
      const run = countOf(x!.shape.slice(1));
      for (const [i, row] of index!.data.entries()) data.set(rows!.data.subarray(i * run, (i + 1) * run), row * run);
      return { shape: x!.shape, data };
    },
    batching: 'none',
    tfjs: (c) => `tf.tensorScatterUpdate(${c.args[0]}, ${c.temporary(`tf.expandDims(${c.args[1]}, 1)`)}, ${c.args[2]})`,
    tensorflow(c) {
      const index = c.op('ExpandDims', [c.args[1]!, c.ints(1)], { T: { type: 'int32' }, Tdim: { type: 'int32' } });
      const types = { T: { type: c.type.dtype }, Tindices: { type: 'int32' } } as const;
      return c.op('TensorScatterUpdate', [c.args[0]!, index, c.args[2]!], types);
    },
    flops: () => 0,
  }),
};
