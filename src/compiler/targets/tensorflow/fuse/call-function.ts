/** A region of a graph as a call of a function that TensorFlow compiles (XLA, just in time, once for all calls of one function). */
import { ops, type TensorflowAttr, type TensorflowContext, type TensorflowType } from '../../../graph/ops/index.js';
import { type NarrowCast, type NarrowType, narrowing, widening } from '../../../graph/ops/narrow.js';
import { staticShape } from '../../../graph/ops/shapes.js';
import type { Node } from '../../../graph/types.js';
import { axesOf } from '../../../optimize/sizes.js';
import { dataType, GraphDef } from '../graph-def.js';
import type { Region } from './regions.js';

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
  Reshape: 'output',
  SelectV2: 'output',
  Sum: 'output',
  MatMul: 'product',
};
const otherResult = 'z';

/** In which precisions others take a value: as it is, rounded, or both. */
export interface Wanted {
  readonly wide: ReadonlySet<Node>;
  readonly narrow: ReadonlyMap<Node, NarrowType>;
}

/** Adds a call of the region's function; gives the tensors of its outputs. What was widened, or is to be narrowed, is so within the function. */
export function callFunction(
  to: GraphDef,
  region: Region,
  place: string,
  tensorOf: (node: Node) => string,
  wanted: Wanted,
): ReadonlyMap<Node, string> {
  const inputs = region.inputs.map((node): Argument => {
    const tensor = tensorOf(node);
    const narrow = to.narrowOf(tensor);
    return { node, tensor: narrow?.tensor ?? tensor, type: node.type.dtype, narrow: narrow?.type };
  });
  const outputs = region.outputs.flatMap((node): readonly Result[] => {
    const type = node.type.dtype;
    const narrow = type === 'float32' ? wanted.narrow.get(node) : undefined;
    const wide = !narrow || wanted.wide.has(node);
    return [...(wide ? [{ node, type }] : []), ...(narrow ? [{ node, type, narrow }] : [])];
  });
  const types = (values: readonly Result[]): object => ({ list: { type: values.map(typeOf) } });
  const empty = { s: new Uint8Array() };
  const call = to.add(
    place,
    'PartitionedCall',
    inputs.map(({ tensor }) => tensor),
    {
      f: { func: { name: defineFunction(to, region.nodes, inputs, outputs) } },
      Tin: types(inputs),
      Tout: types(outputs),
      config: empty,
      config_proto: empty,
      executor_type: empty,
      ...compiled,
    },
  );
  const tensors = new Map<Node, string>();
  for (const [i, { node, narrow: type }] of outputs.entries()) {
    const tensor = i === 0 ? call : `${call}:${i}`;
    if (type === undefined) tensors.set(node, tensor);
    else if (tensors.has(node)) to.narrowedAs(tensors.get(node)!, { tensor, type });
    else tensors.set(node, to.share(place, 'Cast', [tensor], widening(type)));
  }
  return tensors;
}

interface Result {
  readonly node: Node;
  readonly type: TensorflowType;
  /** What it is rounded to outside of the function. */
  readonly narrow?: NarrowType | undefined;
}

function typeOf({ type, narrow }: Result): string {
  return dataType(narrow ?? type);
}

interface Argument extends Result {
  readonly tensor: string;
}

const compiled = { _XlaMustCompile: { b: true } };

/** The name of the function; those that compute the same are one. */
function defineFunction(
  to: GraphDef,
  nodes: readonly Node[],
  inputs: readonly Result[],
  outputs: readonly Result[],
): string {
  const body = new GraphDef();
  const names = new Map<Node, string>();
  for (const [i, { node, narrow }] of inputs.entries())
    names.set(node, narrow ? castInto(body, `x${i}`, widening(narrow)) : `x${i}`);
  for (const node of nodes) names.set(node, lowerInto(body, node, names));
  const named = (prefix: string, values: readonly Result[]) =>
    values.map((value, i) => ({ name: `${prefix}${i}`, type: typeOf(value) }));
  const returned = outputs.map(({ node, narrow }, i) => {
    const name = names.get(node)!;
    return [`y${i}`, narrow ? castInto(body, name, narrowing(narrow)) : name] as const;
  });
  const signature = { inputArg: named('x', inputs), outputArg: named('y', outputs) };
  const parts = { nodeDef: body.nodes, ret: Object.fromEntries(returned) };
  return to.define(JSON.stringify([signature, parts]), (name) => ({
    signature: { name, ...signature },
    ...parts,
    attr: { _noinline: { b: true }, ...compiled },
  }));
}

function castInto(body: GraphDef, value: string, attrs: NarrowCast): string {
  return resultOf(body.share('Cast', 'Cast', [value], attrs), 'Cast');
}

function resultOf(name: string, op: string): string {
  return `${name}:${resultNames[op] ?? otherResult}:0`;
}

function lowerInto(body: GraphDef, node: Node, names: ReadonlyMap<Node, string>): string {
  const constant: TensorflowContext['constant'] = (value, shape, dtype) =>
    resultOf(body.constant('value', value, shape, dtype), 'Const');
  const ints: TensorflowContext['ints'] = (values) =>
    constant(values, typeof values === 'number' ? [] : [values.length], 'int32');
  const op: TensorflowContext['op'] = (name, inputs, attrs = {}) =>
    resultOf(body.share(name, name, inputs, attrs), name);
  const context: TensorflowContext = {
    args: node.args.map((arg) => names.get(arg)!),
    argTypes: node.args.map((arg) => arg.type),
    type: node.type,
    op: (name, inputs, attrs = {}) => {
      const scale = name === 'Sum' ? 1 : name === 'Mean' ? 1 / rowLength(node) : undefined;
      if (scale === undefined || rowLength(node) > longestRow || node.type.dtype !== 'float32')
        return op(name, inputs, attrs);
      return rowSums(inputs[0]!, scale, attrs['keep_dims']);
    },
    ints,
    constant,
    draws: () => {
      throw new Error('random numbers are drawn outside of functions');
    },
    // What is compiled has no use for kernels.
    onProcessor: false,
  };
  /** A product with ones: the compiler's own sum of a row adds one number after the other. */
  const rowSums = (x: string, scale: number, keepDims: TensorflowAttr | undefined): string => {
    const length = rowLength(node);
    const shape = staticShape(node.args[0]!.type.shape);
    const axes = axesOf(node);
    const rows = op('Reshape', [x, ints([-1, length])], reshaping);
    const ones = constant(scale, [length, 1], 'float32');
    const sums = op('MatMul', [rows, ones], { T, transpose_a: { b: false }, transpose_b: { b: false } });
    const kept = keepDims !== undefined && 'b' in keepDims && keepDims.b;
    const result = shape.flatMap((size, i) => (axes.includes(i) ? (kept ? [1] : []) : [size]));
    return op('Reshape', [sums, ints(result)], reshaping);
  };
  return ops[node.op].tensorflow!(context, node.attrs);
}

const T = { type: 'float32' } as const;
const reshaping = { T, Tshape: { type: 'int32' } } as const;

/** As many ones as are written out. */
const longestRow = 4096;

/** Of a reduction over the last axes: how many elements go into each result. */
function rowLength(node: Node): number {
  const shape = staticShape(node.args[0]!.type.shape);
  return axesOf(node).reduce((length, axis) => length * shape[axis]!, 1);
}
