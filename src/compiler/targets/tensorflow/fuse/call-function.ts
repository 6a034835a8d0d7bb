/** A region of a graph as a call of a function that TensorFlow compiles (XLA, just in time, once for all calls of one function). */
import { ops, type TensorflowAttr, type TensorflowContext, type TensorflowType } from '../../../graph/ops/index.js';
import { type NarrowCast, type NarrowType, narrowing, widening } from '../../../graph/ops/narrow.js';
import { staticShape } from '../../../graph/ops/shapes.js';
import type { Node } from '../../../graph/types.js';
import { axesOf } from '../../../optimize/sizes.js';
import { dataType, GraphDef } from '../graph-def.js';
import { callCompiled, compiledFunction, resultOf, writerOf } from './compiled.js';
import type { Region } from './regions.js';

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
  const body = new GraphDef();
  const names = lowerBody(body, region.nodes, inputs);
  const types = inputs.map(typeOf);
  const results = outputs.map((output) => ({ tensor: resultIn(body, names, output), type: typeOf(output) }));
  const definition = to.define(JSON.stringify([types, body.nodes, results]), (name) =>
    compiledFunction(name, body, types, results),
  );
  const called = callCompiled(
    to,
    place,
    definition,
    inputs.map(({ tensor }) => tensor),
  );
  const tensors = new Map<Node, string>();
  for (const [i, { node, narrow: type }] of outputs.entries()) {
    const tensor = called[i]!;
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

/** What the function computes, by name; arguments are x0, x1, … */
function lowerBody(body: GraphDef, nodes: readonly Node[], inputs: readonly Result[]): ReadonlyMap<Node, string> {
  const names = new Map<Node, string>();
  for (const [i, { node, narrow }] of inputs.entries())
    names.set(node, narrow ? castInto(body, `x${i}`, widening(narrow)) : `x${i}`);
  for (const node of nodes) names.set(node, lowerInto(body, node, names));
  return names;
}

function resultIn(body: GraphDef, names: ReadonlyMap<Node, string>, { node, narrow }: Result): string {
  const name = names.get(node)!;
  return narrow ? castInto(body, name, narrowing(narrow)) : name;
}

function castInto(body: GraphDef, value: string, attrs: NarrowCast): string {
  return resultOf(body.share('Cast', 'Cast', [value], attrs), 'Cast');
}

function lowerInto(body: GraphDef, node: Node, names: ReadonlyMap<Node, string>): string {
  const { op, ints, constant } = writerOf(body);
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
