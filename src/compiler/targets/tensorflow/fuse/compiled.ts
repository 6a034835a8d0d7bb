/** Functions that TensorFlow compiles (XLA, just in time, once for all calls of one), and calls of them. */
import type { FunctionWriter } from '../../../graph/ops/op.js';
import type { GraphDef } from '../graph-def.js';

/** In a function a value is named by the operation, its result's name in TensorFlow's registry, and a number. */
const resultNames: Readonly<Record<string, string>> = {
  Abs: 'y',
  Cast: 'y',
  Ceil: 'y',
  Cos: 'y',
  Erf: 'y',
  Exp: 'y',
  Floor: 'y',
  Inv: 'y',
  IsFinite: 'y',
  Log: 'y',
  Log1p: 'y',
  LogicalNot: 'y',
  Neg: 'y',
  Reciprocal: 'y',
  Rsqrt: 'y',
  Sigmoid: 'y',
  Sign: 'y',
  Sin: 'y',
  Sqrt: 'y',
  Square: 'y',
  Tanh: 'y',
  Relu: 'activations',
  ReluGrad: 'backprops',
  Softplus: 'activations',
  BroadcastTo: 'output',
  Const: 'output',
  Max: 'output',
  Mean: 'output',
  Min: 'output',
  Pack: 'output',
  Pad: 'output',
  Reshape: 'output',
  SelectV2: 'output',
  Slice: 'output',
  StridedSlice: 'output',
  Sum: 'output',
  MatMul: 'product',
};
const otherResult = 'z';

/** The result of an operation of a function, as others in it name it. */
export function resultOf(name: string, op: string): string {
  return `${name}:${resultNames[op] ?? otherResult}:0`;
}

/** Ways to add operations to a function's body. */
export function writerOf(body: GraphDef): FunctionWriter {
  const constant: FunctionWriter['constant'] = (value, shape, dtype) =>
    resultOf(body.constant('value', value, shape, dtype), 'Const');
  return {
    constant,
    ints: (values) => constant(values, typeof values === 'number' ? [] : [values.length], 'int32'),
    op: (name, inputs, attrs = {}) => resultOf(body.share(name, name, inputs, attrs), name),
  };
}

interface TypedTensor {
  readonly tensor: string;
  /** As the protobuf has it. */
  readonly type: string;
}

const mustCompile = { _XlaMustCompile: { b: true } };

/** Adds a call of the function with this body, in which arguments are x0, x1, … and results have these names. Functions that compute the same are one. */
export function callCompiled(
  to: GraphDef,
  place: string,
  body: GraphDef,
  args: readonly TypedTensor[],
  results: readonly TypedTensor[],
): readonly string[] {
  const named = (prefix: string, values: readonly TypedTensor[]) =>
    values.map(({ type }, i) => ({ name: `${prefix}${i}`, type }));
  const signature = { inputArg: named('x', args), outputArg: named('y', results) };
  const parts = {
    nodeDef: body.nodes,
    ret: Object.fromEntries(results.map(({ tensor }, i) => [`y${i}`, tensor])),
  };
  const name = to.define(JSON.stringify([signature, parts]), (name) => ({
    signature: { name, ...signature },
    ...parts,
    attr: { _noinline: { b: true }, ...mustCompile },
  }));
  const types = (values: readonly TypedTensor[]) => ({ list: { type: values.map(({ type }) => type) } });
  const empty = { s: new Uint8Array() };
  const call = to.add(
    place,
    'PartitionedCall',
    args.map(({ tensor }) => tensor),
    {
      f: { func: { name } },
      Tin: types(args),
      Tout: types(results),
      config: empty,
      config_proto: empty,
      executor_type: empty,
      ...mustCompile,
    },
  );
  return results.map((_, i) => (i === 0 ? call : `${call}:${i}`));
}
