/** Functions that TensorFlow compiles (XLA, just in time, once for all calls of one), and calls of them. */
import type { FunctionWriter } from '../../../graph/ops/op.js';
import type { ArgumentDefinition, FunctionDefinition, GraphDef } from '../graph-def.js';

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

export interface TypedTensor {
  readonly tensor: string;
  /** As the protobuf has it. */
  readonly type: string;
}

const mustCompile = { _XlaMustCompile: { b: true } };

/** A function with this body, in which arguments are x0, x1, … and results have these names. */
export function compiledFunction(
  name: string,
  body: GraphDef,
  args: readonly string[],
  results: readonly TypedTensor[],
): FunctionDefinition {
  const named = (prefix: string, types: readonly string[]) => types.map((type, i) => ({ name: `${prefix}${i}`, type }));
  return {
    signature: {
      name,
      inputArg: named('x', args),
      outputArg: named(
        'y',
        results.map(({ type }) => type),
      ),
    },
    nodeDef: body.nodes,
    ret: Object.fromEntries(results.map(({ tensor }, i) => [`y${i}`, tensor])),
    attr: { _noinline: { b: true }, ...mustCompile },
  };
}

/** Adds a call; the names of its results. */
export function callCompiled(
  to: GraphDef,
  place: string,
  { signature }: FunctionDefinition,
  args: readonly string[],
): readonly string[] {
  const types = (values: readonly ArgumentDefinition[]) => ({ list: { type: values.map(({ type }) => type) } });
  const empty = { s: new Uint8Array() };
  const call = to.add(place, 'PartitionedCall', args, {
    f: { func: { name: signature.name } },
    Tin: types(signature.inputArg),
    Tout: types(signature.outputArg),
    config: empty,
    config_proto: empty,
    executor_type: empty,
    ...mustCompile,
  });
  return signature.outputArg.map((_, i) => (i === 0 ? call : `${call}:${i}`));
}
