/**
 * Arguments to try every primitive on: the table the gradient, batching and target tests run through. A new operation without
 * an entry does not compile.
 */
import { Builder } from '../../src/compiler/graph/builder.js';
import { ndarray } from '../../src/compiler/graph/ndarray.js';
import type { OpName } from '../../src/compiler/graph/ops/index.js';
import type { NdArray } from '../../src/compiler/graph/ops/op.js';
import type { Attrs, DType, Node } from '../../src/compiler/graph/types.js';

export interface Argument {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Numbers at least this far apart from one another and from 0 are wanted, where a kink would spoil finite differences. */
  readonly values: 'any' | 'positive' | 'apart' | 'bool' | { readonly below: number };
}

export interface Case {
  readonly label?: string;
  readonly args: readonly Argument[];
  readonly attrs: Attrs;
  /** Highest order at which the gradient is checked; 0 where there is none. */
  readonly order: 0 | 1 | 2;
  /** Handled by the lowering or by targets, so not evaluated on its own. */
  readonly notEvaluated?: true;
}

const any = (...shape: number[]): Argument => ({ shape, dtype: 'float32', values: 'any' });
const positive = (...shape: number[]): Argument => ({ shape, dtype: 'float32', values: 'positive' });
const apart = (...shape: number[]): Argument => ({ shape, dtype: 'float32', values: 'apart' });
const bool = (...shape: number[]): Argument => ({ shape, dtype: 'bool', values: 'bool' });
const index = (below: number, ...shape: number[]): Argument => ({ shape, dtype: 'int32', values: { below } });

const on = (args: readonly Argument[], attrs: Attrs = {}, order: 0 | 1 | 2 = 2, label?: string): Case =>
  label === undefined ? { args, attrs, order } : { args, attrs, order, label };

const unary = (make: (...shape: number[]) => Argument = any, order: 0 | 1 | 2 = 2): Case[] => [
  on([make(2, 3)], {}, order),
];
const binary = (make: (...shape: number[]) => Argument = any, order: 0 | 1 | 2 = 2): Case[] => [
  on([make(2, 3), make(2, 3)], {}, order),
  on([make(2, 3), make(3)], {}, order, 'a row'),
  on([make(), make(2, 3)], {}, order, 'a scalar'),
  on([make(2, 1), make(1, 3)], {}, order, 'both broadcast'),
];
const reduction = (make: (...shape: number[]) => Argument = any): Case[] => [
  on([make(2, 3, 2)], { axes: [1], keepdims: false }),
  on([make(2, 3, 2)], { axes: [0, 2], keepdims: true }),
  on([make(2, 3)], { axes: [0, 1], keepdims: false }),
];
const conv = { stride: [1, 1], pad: [0, 0, 0, 0], dilation: [1, 1] };
const strided = { stride: [2, 1], pad: [1, 0, 1, 1], dilation: [1, 1] };
const dilated = { stride: [1, 1], pad: [1, 1, 0, 2], dilation: [2, 1] };
const axis = { id: 0, kind: 'map' as const, size: 2 };
const unevaluated = (args: readonly Argument[], attrs: Attrs): Case[] => [
  { args, attrs, order: 0, notEvaluated: true },
];

export const cases: { readonly [N in OpName]: readonly Case[] } = {
  input: unevaluated([], { name: 'x', shape: [2], dtype: 'float32' }),
  state: unevaluated([], { name: 's', shape: [2], dtype: 'float32' }),
  constant: [
    on([], { value: 2.5, shape: [2, 2], dtype: 'float32' }, 0),
    on([], { value: [1, 2, 3], shape: [3], dtype: 'int32' }, 0),
  ],
  iota: [on([], { size: 4 }, 0)],
  stop_gradient: unary(any, 0),

  neg: unary(),
  exp: unary(),
  log: unary(positive),
  log1p: unary(positive),
  sqrt: unary(positive),
  rsqrt: unary(positive),
  tanh: unary(),
  sigmoid: unary(),
  erf: unary(),
  relu: unary(apart),
  abs: unary(apart),
  sign: unary(apart),
  sin: unary(),
  cos: unary(),
  floor: unary(apart),
  softplus: unary(),
  square: unary(),
  reciprocal: unary(positive),
  add: binary(),
  sub: binary(),
  mul: binary(),
  div: binary(positive),
  pow: binary(positive),
  maximum: binary(apart),
  minimum: binary(apart),
  greater: binary(apart, 0),
  greater_equal: binary(apart, 0),
  less: binary(apart, 0),
  less_equal: binary(apart, 0),
  equal: [on([index(2, 6), index(2, 6)], {}, 0)],
  logical_and: binary(bool, 0),
  logical_or: binary(bool, 0),
  logical_not: unary(bool, 0),
  is_finite: unary(any, 0),
  where: [on([bool(2, 3), any(2, 3), any(2, 3)]), on([bool(3), any(2, 3), any()]), on([bool(2, 1), any(3), any(2, 3)])],
  cast: [
    on([any(2, 3)], { dtype: 'float32' }),
    on([any(2, 3)], { dtype: 'int32' }, 0),
    on([bool(2, 3)], { dtype: 'float32' }, 0),
    on([index(2, 4)], { dtype: 'bool' }, 0),
  ],

  reduce_sum: reduction(),
  reduce_mean: reduction(),
  reduce_max: reduction(apart),
  reduce_min: reduction(apart),
  variance: reduction(),
  logsumexp: reduction(),
  argmax: [on([apart(2, 3)], { axis: 1 }, 0), on([apart(2, 3)], { axis: 0 }, 0)],
  argsort: [on([apart(5)], {}, 0), on([apart(2, 4)], {}, 0)],

  reshape: [on([any(2, 3)], { shape: [3, 1, 2] }), on([any(1)], { shape: [] })],
  transpose: [on([any(2, 3)], { perm: [1, 0] }), on([any(2, 3, 4)], { perm: [2, 0, 1] })],
  broadcast_to: [on([any(3)], { shape: [2, 3] }), on([any(2, 1)], { shape: [2, 4] }), on([any()], { shape: [2, 2] })],
  slice: [
    on([any(4, 3)], { begin: [1, 0], size: [2, 3], strides: [1, 1] }),
    on([any(6, 3)], { begin: [1, 0], size: [2, 2], strides: [3, 2] }, 2, 'strided'),
  ],
  pad: [
    on([any(2, 3)], { before: [1, 0], after: [0, 2], interior: [0, 0] }),
    on([any(2, 3)], { before: [1, 0], after: [0, 2], interior: [2, 1] }, 2, 'interior'),
  ],
  concat: [on([any(2, 3), any(2, 1), any(2, 2)], { axis: 1 }), on([any(1), any(2)], { axis: 0 })],
  reverse: [on([any(3)], { axes: [0] }), on([any(2, 3, 2)], { axes: [0, 2] })],

  contract: [
    on([any(3), any(3)], { batch: [[], []], over: [[0], [0]] }, 2, 'dot'),
    on([any(2, 3), any(3, 4)], { batch: [[], []], over: [[1], [0]] }, 2, 'matrix product'),
    on([any(3, 2), any(4, 3)], { batch: [[], []], over: [[0], [1]] }, 2, 'both transposed'),
    on([any(2, 3), any(3)], { batch: [[], []], over: [[1], [0]] }, 2, 'matrix vector'),
    on([any(2), any(3)], { batch: [[], []], over: [[], []] }, 2, 'outer'),
    on([any(2, 3, 2), any(2, 2, 3)], { batch: [[0], [0]], over: [[2], [1]] }, 2, 'batched'),
    on([any(3, 2, 2), any(2, 2, 4)], { batch: [[1], [0]], over: [[2], [1]] }, 2, 'batch in the middle'),
    on(
      [any(2, 3, 4), any(4, 2, 5, 3)],
      {
        batch: [[], []],
        over: [
          [2, 1],
          [0, 3],
        ],
      },
      2,
      'two axes, out of order',
    ),
  ],
  conv2d: [
    on([any(2, 4, 3, 2), any(2, 2, 2, 3)], conv),
    on([any(4, 3, 2), any(2, 2, 2, 3)], conv, 2, 'one image'),
    on([any(1, 5, 4, 1), any(3, 2, 1, 2)], strided, 2, 'strided'),
    on([any(1, 5, 3, 2), any(2, 2, 2, 1)], dilated, 2, 'dilated'),
  ],
  conv2d_input_gradient: [
    on([any(2, 3, 2, 3), any(2, 2, 2, 3)], { ...conv, inputShape: [2, 4, 3, 2] }),
    on([any(2, 5, 2), any(3, 2, 1, 2)], { ...strided, inputShape: [5, 4, 1] }, 2, 'strided, one image'),
    on([any(1, 5, 4, 1), any(2, 2, 2, 1)], { ...dilated, inputShape: [1, 5, 3, 2] }, 2, 'dilated'),
  ],
  conv2d_filter_gradient: [
    on([any(2, 4, 3, 2), any(2, 3, 2, 3)], { ...conv, filterShape: [2, 2, 2, 3] }),
    on([any(5, 4, 1), any(2, 5, 2)], { ...strided, filterShape: [3, 2, 1, 2] }, 2, 'strided, one image'),
    on([any(1, 5, 3, 2), any(1, 5, 4, 1)], { ...dilated, filterShape: [2, 2, 2, 1] }, 2, 'dilated'),
  ],

  gather: [
    on([any(4, 2), index(4, 3)], { axis: 0, batchDims: 0 }),
    on([any(2, 4), index(4, 2, 2)], { axis: 1, batchDims: 0 }),
    on([any(2, 3, 2), index(3, 2, 4)], { axis: 1, batchDims: 1 }, 2, 'batch dims'),
    on([any(4), index(4)], { axis: 0, batchDims: 0 }, 2, 'one'),
  ],
  scatter_add: [
    on([any(3, 2), index(4, 3)], { axis: 0, batchDims: 0, shape: [4, 2] }),
    on([any(2, 4, 2), index(3, 2, 4)], { axis: 1, batchDims: 1, shape: [2, 3, 2] }, 2, 'batch dims'),
  ],

  random_uniform: [on([], { shape: [3, 2], site: 'here' }, 0)],
  random_normal: [on([], { shape: [5], site: 'here' }, 0)],
  random_permutation: [on([], { shape: [2], size: 5, site: 'here' }, 0)],

  batch: [on([any(2, 3)])],
  enter: unevaluated([any(2, 3)], { axis }),
  leave: unevaluated([any(3)], { axis }),
  drop_self: unevaluated([any(3, 2)], {}),
  batch_reduce: [
    on([any(3, 2)], { kind: 'mean', axes: [0] }),
    on([any(3, 2)], { kind: 'sum', axes: [0] }),
    on([apart(3, 2)], { kind: 'max', axes: [0] }),
    on([any(3, 2)], { kind: 'variance', axes: [0], keepdims: true }),
    on([any(2, 3, 2)], { kind: 'variance', axes: [0, 1] }),
  ],
  pin: unary(),
  grad: unevaluated([any(), any(2)], {}),
  running: [on([any(2, 3)], { decay: 0.9, name: 'r' })],
  normalize: [
    on([any(4, 3), any(3), any(3)], { axes: [0], eps: 1e-3 }, 2, 'batch'),
    on([any(2, 2, 3), any(3), any(3)], { axes: [0, 1], eps: 1e-3 }, 1, 'positions'),
    on([any(2, 4), any(4), any(4)], { axes: [1], eps: 1e-3 }, 2, 'layer'),
  ],
  normalize_gradient: (['x', 'scale', 'bias'] as const).flatMap((of) => [
    on([any(4, 3), any(4, 3), any(3), any(3)], { axes: [0], eps: 1e-3, of }, 1, `batch, of ${of}`),
    on([any(2, 4), any(2, 4), any(4), any(4)], { axes: [1], eps: 1e-3, of }, 1, `layer, of ${of}`),
  ]),
  normalize_moment: (['mean', 'variance'] as const).map((moment) =>
    on([any(4, 2, 3), any(3), any(3)], { axes: [0, 1], eps: 1e-3, moment }, 2, moment),
  ),
  adamw_step: (['parameter', 'mean', 'square'] as const).map((of) =>
    on(
      [any(3), any(3), positive(3), any(3), any(), positive(), positive()],
      { beta1: 0.9, beta2: 0.99, eps: 1e-3, of },
      0,
      of,
    ),
  ),
  write_rows: [on([any(4, 2), index(4, 1), any(1, 2)], {}, 0)],
  relu_gradient: [on([any(3, 4), apart(3, 4)], {}, 1)],
};

/** A small generator for test values, the same in every run. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    const x = Math.imul(state ^ (state >>> 12), 0x297a2d39) >>> 0;
    return (x ^ (x >>> 15)) >>> 0 === 0 ? 0.5 : ((x ^ (x >>> 15)) >>> 0) / 4294967296;
  };
}

/** Values for an argument, with leading dimensions before its own shape. */
export function valuesOf({ shape, values }: Argument, next: () => number, leading: readonly number[] = []): NdArray {
  const full = [...leading, ...shape];
  const n = full.reduce((a, d) => a * d, 1);
  const one = (): number => {
    if (values === 'bool') return next() < 0.5 ? 0 : 1;
    if (values === 'positive') return 0.5 + next();
    if (values === 'any') return 2 * next() - 1;
    return typeof values === 'object' ? Math.floor(next() * values.below) : 0;
  };
  if (values !== 'apart') return ndarray(full, Array.from({ length: n }, one));
  // Distinct, at least 0.02 from each other and from whole numbers.
  const data = Array.from({ length: n }, () => 0);
  const taken: number[] = [];
  for (let i = 0; i < n; i++) {
    let v = 0;
    do v = 4 * next() - 2;
    while (Math.abs(v - Math.round(v)) < 0.02 || taken.slice(-24).some((t) => Math.abs(t - v) < 0.02));
    taken.push(v);
    data[i] = v;
  }
  return ndarray(full, data);
}

/** An operation of the table on inputs named x0, x1, …. */
export function applied(name: OpName, { args, attrs }: Case): { b: Builder; inputs: Node[]; node: Node } {
  const b = new Builder();
  const inputs = args.map((a, i) => b.input(`x${i}`, a.shape, a.dtype));
  return { b, inputs, node: b.op(name, inputs, attrs) };
}
