/** Calls of every operation of the table, for comparing targets with the reference. */
import { Builder } from '../../src/compiler/graph/builder.js';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { staticShape } from '../../src/compiler/graph/ops/shapes.js';
import type { Attrs, DType, Graph, Node, Program } from '../../src/compiler/graph/types.js';

export interface OpCase {
  readonly name: string;
  readonly graph: Graph;
  readonly inputs: Readonly<Record<string, NdArray>>;
}

interface Argument {
  readonly shape: readonly number[];
  readonly dtype?: DType;
  /** The i-th element; smooth numbers of both signs where absent. */
  readonly at?: (i: number) => number;
}

type OpName = Node['op'];
type Call = readonly [op: OpName, args: readonly Argument[], attrs?: Attrs];

const f = (...shape: number[]): Argument => ({ shape });
const positive = (...shape: number[]): Argument => ({ shape, at: (i) => 0.3 + Math.abs(Math.sin(1 + i * 1.7)) });
const ints = (limit: number, ...shape: number[]): Argument => ({
  shape,
  dtype: 'int32',
  at: (i) => (i * 7 + 3) % limit,
});
const truths = (...shape: number[]): Argument => ({ shape, dtype: 'bool', at: (i) => Number((i * 5) % 3 === 1) });
const notFinite = (...shape: number[]): Argument => ({
  shape,
  at: (i) => [1, Number.NaN, -1, Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY][i % 6]!,
});
const tied = (...shape: number[]): Argument => ({ shape, at: (i) => ((i * 7) % 4) - 1.5 });

const unary: readonly OpName[] = [
  'neg', 'exp', 'tanh', 'sigmoid', 'erf', 'relu', 'abs', 'sign', 'sin', 'cos', 'floor', 'softplus', 'square',
]; // biome-ignore format: a list of names
const positiveUnary: readonly OpName[] = ['log', 'log1p', 'sqrt', 'rsqrt', 'reciprocal'];
const binary: readonly OpName[] = ['add', 'sub', 'mul', 'div', 'maximum', 'minimum'];
const comparisons: readonly OpName[] = ['greater', 'greater_equal', 'less', 'less_equal', 'equal'];
const reductions: readonly OpName[] = [
  'reduce_sum',
  'reduce_mean',
  'reduce_max',
  'reduce_min',
  'variance',
  'logsumexp',
];

const conv = { stride: [1, 1], pad: [1, 1, 1, 1], dilation: [1, 1] };
const strided = { stride: [2, 2], pad: [0, 1, 1, 0], dilation: [1, 1] };

const calls: readonly Call[] = [
  ...unary.map((op): Call => [op, [f(3, 4)]]),
  ...positiveUnary.map((op): Call => [op, [positive(3, 4)]]),
  ['neg', [ints(5, 3, 4)]],
  ...binary.flatMap((op): Call[] => [
    [op, [f(3, 4), positive(3, 4)]],
    [op, [f(2, 1, 4), positive(3, 1)]],
    [op, [f(), positive(2, 3)]],
    [op, [ints(5, 3), ints(5, 2, 1)]].slice(0, op === 'div' ? 0 : 2) as unknown as Call,
  ]),
  ['pow', [positive(3, 4), f(4)]],
  ...comparisons.flatMap((op): Call[] => [
    [op, [tied(3, 4), tied(4)]],
    [op, [ints(3, 3, 4), ints(3, 3, 1)]],
  ]),
  ['logical_and', [truths(3, 4), truths(4)]],
  ['logical_or', [truths(3, 4), truths(4)]],
  ['logical_not', [truths(3, 4)]],
  ['is_finite', [notFinite(6)]],
  ['where', [truths(3, 1), f(3, 4), f(4)]],
  ['cast', [truths(3)], { dtype: 'float32' }],
  ['cast', [f(3, 2)], { dtype: 'int32' }],
  ['cast', [ints(5, 3)], { dtype: 'float32' }],
  ...reductions.flatMap((op): Call[] => [
    [op, [f(3, 4, 2)], { axes: [0, 1], keepdims: false }],
    [op, [f(3, 4, 2)], { axes: [1], keepdims: true }],
    [op, [f(2, 3, 2, 2)], { axes: [0, 3], keepdims: false }],
    [op, [f(3, 4)], { axes: [0, 1], keepdims: false }],
  ]),
  ['reduce_sum', [ints(5, 3, 4)], { axes: [0], keepdims: false }],
  ['argmax', [tied(3, 5)], { axis: 1 }],
  ['argmax', [tied(3, 5)], { axis: 0 }],
  ['argsort', [tied(3, 7)]],
  ['argsort', [f(9)]],
  ['argsort', [ints(4, 2, 6)]],
  ['reshape', [f(3, 4)], { shape: [2, 6] }],
  ['transpose', [f(2, 3, 4)], { perm: [2, 0, 1] }],
  ['broadcast_to', [f(3, 1)], { shape: [2, 3, 4] }],
  ['slice', [f(4, 5)], { begin: [1, 0], size: [2, 5], strides: [1, 1] }],
  ['slice', [f(7, 5)], { begin: [1, 1], size: [3, 2], strides: [2, 3] }],
  ['pad', [f(2, 3)], { before: [1, 0], after: [0, 2], interior: [0, 0] }],
  ['pad', [f(3, 2, 2)], { before: [1, 0, 0], after: [0, 2, 1], interior: [2, 0, 1] }],
  ['concat', [f(2, 3), f(2, 1)], { axis: 1 }],
  ['concat', [f(2, 3)], { axis: 0 }],
  ['reverse', [f(2, 3, 2)], { axes: [0, 2] }],
  ['contract', [f(3, 4), f(4, 2)], { batch: [[], []], over: [[1], [0]] }],
  ['contract', [f(3, 4), f(5, 4)], { batch: [[], []], over: [[1], [1]] }],
  ['contract', [f(4, 3), f(4, 5)], { batch: [[], []], over: [[0], [0]] }],
  ['contract', [f(2, 3, 4), f(4, 5)], { batch: [[], []], over: [[2], [0]] }],
  ['contract', [f(2, 3, 4), f(2, 5, 4)], { batch: [[0], [0]], over: [[2], [2]] }],
  ['contract', [f(3, 2, 4), f(5, 4, 2)], { batch: [[1], [2]], over: [[2], [1]] }],
  ['contract', [f(3, 4), f(3, 4)], { batch: [[0], [0]], over: [[1], [1]] }],
  [
    'contract',
    [f(3, 4), f(3, 4)],
    {
      batch: [[], []],
      over: [
        [0, 1],
        [0, 1],
      ],
    },
  ],
  ['contract', [f(3), f(4)], { batch: [[], []], over: [[], []] }],
  ['conv2d', [f(2, 5, 5, 3), f(3, 3, 3, 4)], conv],
  ['conv2d', [f(5, 6, 2), f(3, 3, 2, 4)], strided],
  ['conv2d_input_gradient', [f(2, 5, 5, 4), f(3, 3, 3, 4)], { ...conv, inputShape: [2, 5, 5, 3] }],
  ['conv2d_input_gradient', [f(2, 3, 3, 4), f(3, 3, 2, 4)], { ...strided, inputShape: [2, 6, 6, 2] }],
  ['conv2d_filter_gradient', [f(2, 5, 5, 3), f(2, 5, 5, 4)], { ...conv, filterShape: [3, 3, 3, 4] }],
  ['conv2d_filter_gradient', [f(6, 6, 2), f(3, 3, 4)], { ...strided, filterShape: [3, 3, 2, 4] }],
  ['gather', [f(5, 2), ints(5, 3)], { axis: 0, batchDims: 0 }],
  ['gather', [f(2, 5, 3), ints(5, 4)], { axis: 1, batchDims: 0 }],
  ['gather', [f(2, 5, 3), ints(5, 2, 4)], { axis: 1, batchDims: 1 }],
  ['gather', [f(2, 3, 5), ints(5, 2, 4)], { axis: 2, batchDims: 1 }],
  ['scatter_add', [f(7, 2), ints(5, 7)], { axis: 0, batchDims: 0, shape: [5, 2] }],
  ['scatter_add', [f(2, 4, 3), ints(5, 4)], { axis: 1, batchDims: 0, shape: [2, 5, 3] }],
  ['scatter_add', [f(2, 4, 3), ints(2, 2, 4)], { axis: 1, batchDims: 1, shape: [2, 5, 3] }],
  ['scatter_add', [f(2, 3, 4), ints(5, 2, 4)], { axis: 2, batchDims: 1, shape: [2, 3, 5] }],
  ['random_uniform', [], { shape: [3, 5], site: 'a/b' }],
  ['random_normal', [], { shape: [5, 3], site: 'a/b' }],
  ['random_permutation', [], { shape: [2], size: 9, site: 'p' }],
  ['constant', [], { value: 0.25, shape: [], dtype: 'float32' }],
  ['constant', [], { value: 3, shape: [2, 2], dtype: 'int32' }],
  ['constant', [], { value: 1, shape: [2], dtype: 'bool' }],
  ['constant', [], { value: [1, 2.5, -3], shape: [3], dtype: 'float32' }],
  ['constant', [], { value: [1, 0, 1], shape: [3], dtype: 'bool' }],
  ['iota', [], { size: 5 }],
  ['stop_gradient', [f(3)]],
  ['batch', [f(3, 2)]],
  ['pin', [f(3)], {}],
  ['running', [f(3)], { decay: 0.9, name: 'm' }],
  ...(['mean', 'sum', 'max', 'variance'] as const).map(
    (kind): Call => ['batch_reduce', [f(4, 3)], { kind, axes: [0], keepdims: false }],
  ),
  ['normalize', [f(6, 3), f(3), f(3)], { axes: [0], eps: 1e-3 }],
  ['normalize', [f(2, 3, 4, 3), f(3), f(3)], { axes: [0, 1, 2], eps: 1e-3 }],
  ...(['mean', 'variance'] as const).map(
    (moment): Call => ['normalize_moment', [f(2, 3, 4, 3), f(3), f(3)], { axes: [0, 1, 2], eps: 1e-3, moment }],
  ),
  ...(['x', 'scale', 'bias'] as const).flatMap((of): Call[] => [
    ['normalize_gradient', [f(6, 3), tied(6, 3), f(3), f(3)], { axes: [0], eps: 1e-3, of }],
    ['normalize_gradient', [f(2, 3, 4, 3), tied(2, 3, 4, 3), f(3), f(3)], { axes: [0, 1, 2], eps: 1e-3, of }],
  ]),
  ...(['bfloat16', 'float16'] as const).flatMap((narrow): Call[] => [
    ['contract', [f(3, 4), f(4, 2)], { batch: [[], []], over: [[1], [0]], narrow }],
    ['contract', [f(2, 3, 4), f(2, 5, 4)], { batch: [[0], [0]], over: [[2], [2]], narrow }],
    ['conv2d', [f(2, 5, 5, 3), f(3, 3, 3, 4)], { ...conv, narrow }],
    ['conv2d_input_gradient', [f(2, 3, 3, 4), f(3, 3, 2, 4)], { ...strided, inputShape: [2, 6, 6, 2], narrow }],
    ['conv2d_filter_gradient', [f(6, 6, 2), f(3, 3, 4)], { ...strided, filterShape: [3, 3, 2, 4], narrow }],
  ]),
  ['relu_gradient', [f(3, 4), tied(3, 4)]],
  ['write_rows', [f(5, 3), ints(5, 2), positive(2, 3)]],
].filter((call): call is Call => call.length > 0) as Call[];

function fill({ shape, at = (i) => Math.sin(1 + i * 1.7) * 1.5 }: Argument, shift: number): NdArray {
  const size = shape.reduce((n, d) => n * d, 1);
  return { shape, data: Float64Array.from({ length: size }, (_, i) => Math.fround(at(i + shift))) };
}

export const opCases: readonly OpCase[] = calls.map(([op, args, attrs = {}], i) => {
  const b = new Builder();
  const inputs = args.map((arg, k) => b.input(`x${k}`, arg.shape, arg.dtype));
  const output = b.op(op, inputs, attrs);
  const shapes = args.map(({ shape }) => `[${shape}]`).join(' ');
  return {
    name: `${i} ${op} ${shapes} -> [${staticShape(output.type.shape)}]`,
    graph: { name: op, inputs, outputs: { value: output }, updates: {} },
    inputs: Object.fromEntries(args.map((arg, k) => [`x${k}`, fill(arg, k * 3)])),
  };
});

const nothing = { inputs: [], outputs: {}, updates: {} };
const first = opCases[0]!.graph;

/** A program whose energies are the cases, so that one module holds them all. */
export const opProgram: Program = {
  model: 'Operations',
  batch: 3,
  states: [],
  init: { name: 'init', ...nothing },
  step: { name: 'step', ...nothing },
  represent: {
    name: 'represent',
    inputs: first.inputs,
    outputs: { representation: first.outputs['value']! },
    updates: {},
  },
  energies: Object.fromEntries(opCases.map(({ graph }, i) => [`case_${i}`, graph])),
};
