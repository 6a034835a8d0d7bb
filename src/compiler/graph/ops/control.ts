/** Leaves of a graph, and marks that stop the gradient. */
import { type Dim, showDim, showShape, sizeOf } from '../dim.js';
import { countOf } from '../ndarray.js';
import type { DType } from '../types.js';
import { define, type Op } from './op.js';
import { literal, range, staticShape } from './shapes.js';

export type ControlName = 'input' | 'state' | 'constant' | 'iota' | 'stop_gradient';

type Named = { readonly name: string; readonly shape: readonly Dim[]; readonly dtype: DType };
type Constant = { readonly value: number | readonly number[]; readonly shape: readonly Dim[]; readonly dtype: DType };

export const controlOps: { readonly [N in ControlName]: Op } = {
  input: define<Named>({
    name: 'input',
    doc: 'A named argument of the graph.',
    arity: 0,
    infer: (_args, { shape, dtype }) => ({ shape, dtype }),
    batching: 'none',
    flops: () => 0,
  }),
  state: define<Named>({
    name: 'state',
    doc: 'The value of a named state at the start of the step.',
    arity: 0,
    infer: (_args, { shape, dtype }) => ({ shape, dtype }),
    batching: 'none',
    flops: () => 0,
  }),
  constant: define<Constant>({
    name: 'constant',
    doc: 'Numbers known when compiled: one for all elements, or a list in row-major order.',
    arity: 0,
    infer(_args, { value, shape, dtype }) {
      if (typeof value !== 'number' && sizeOf(shape) !== value.length)
        return `${value.length} numbers do not fill ${showShape(shape)}`;
      return { shape, dtype };
    },
    evaluate(_args, { value }, type) {
      const shape = staticShape(type.shape);
      const data = typeof value === 'number' ? new Float64Array(countOf(shape)).fill(value) : Float64Array.from(value);
      return { shape, data };
    },
    batching: 'none',
    tfjs(_c, { value, shape, dtype }) {
      const number = (v: number) =>
        dtype === 'bool' ? String(v !== 0) : Number.isFinite(v) ? String(v) : showInfinite(v);
      if (typeof value !== 'number')
        return `tf.tensor([${value.map(number).join(', ')}], ${literal(staticShape(shape))}, '${dtype}')`;
      if (shape.length === 0) return `tf.scalar(${number(value)}, '${dtype}')`;
      return `tf.fill(${literal(staticShape(shape))}, ${dtype === 'bool' ? Number(value !== 0) : number(value)}, '${dtype}')`;
    },
    tensorflow: (c, { value, shape, dtype }) => c.constant(value, staticShape(shape), dtype),
    onnx: (c, { value, shape, dtype }) => c.constant(value, staticShape(shape), dtype),
    flops: () => 0,
  }),
  iota: define<{ readonly size: Dim }>({
    name: 'iota',
    doc: 'The ints 0, 1, … size-1.',
    arity: 0,
    infer: (_args, { size }) =>
      typeof size === 'number' && size < 0 ? `iota of ${showDim(size)}` : { shape: [size], dtype: 'int32' },
    evaluate(_args, _attrs, type) {
      const shape = staticShape(type.shape);
      return { shape, data: Float64Array.from({ length: shape[0]! }, (_, i) => i) };
    },
    batching: 'none',
    tfjs: (_c, { size }) => `tf.range(0, ${showDim(size)}, 1, 'int32')`,
    tensorflow: (c, { size }) => c.ints(range(Number(size))),
    onnx: (c, { size }) => c.constant(range(Number(size)), [Number(size)], 'int32'),
    flops: () => 0,
  }),
  stop_gradient: define({
    name: 'stop_gradient',
    doc: 'The value itself, taken as a constant by gradients.',
    arity: 1,
    infer: ([x]) => x!,
    evaluate: ([x]) => x!,
    batching: 'elementwise',
    tfjs: (c) => c.args[0]!,
    tensorflow: (c) => c.args[0]!,
    onnx: (c) => c.args[0]!,
    flops: () => 0,
  }),
};

function showInfinite(v: number): string {
  return Number.isNaN(v) ? 'NaN' : v > 0 ? 'Infinity' : '-Infinity';
}
