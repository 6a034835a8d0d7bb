import type { Builder } from '../builder.js';
import type { Draws } from '../random.js';
import type { Attrs, Axis, DType, Node, TensorType } from '../types.js';
import type { NarrowType } from './narrow.js';

/** Numbers in float64, row-major: what the reference target computes with. int32 and bool values are held as numbers too. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** A value while it is being given its leading axes: `node`'s shape is the sizes of `axes`, in their order, then its own shape. */
export interface Batched {
  readonly node: Node;
  readonly axes: readonly Axis[];
  /** Rank of the value's own shape. */
  readonly rank: number;
}

/** What the tfjs target gives a lowering: argument names, types, and a way to ask for a helper of `support/`. */
export interface TfjsContext {
  readonly args: readonly string[];
  readonly argTypes: readonly TensorType[];
  readonly type: TensorType;
  /** Names a helper exported by the support module, and has it imported. */
  support(name: string): string;
  /** Emits `const name = expression` for an intermediate that is disposed at once after this operation; returns its name. */
  temporary(expression: string): string;
}

/** An attribute of a TensorFlow operation. */
export type TensorflowAttr =
  | { readonly type: TensorflowType }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly s: string }
  | { readonly ints: readonly number[] };

export type TensorflowType = DType | NarrowType | 'uint64';

/** Keeps an operation out of what a session compiles (XLA). */
export const notCompiled = { _XlaCompile: { b: false } } as const;

/** What the TensorFlow target gives a lowering: the arguments' tensors by name, types, and ways to add operations. */
export interface TensorflowContext {
  readonly args: readonly string[];
  readonly argTypes: readonly TensorType[];
  readonly type: { readonly dtype: TensorflowType; readonly shape: TensorType['shape'] };
  /** Adds an operation of TensorFlow's, unless the same is there already; returns the name of its first result. */
  op(name: string, inputs: readonly string[], attrs?: Readonly<Record<string, TensorflowAttr>>): string;
  /** A tensor of ints known when compiled, [n]; or the scalar, of a number. */
  ints(values: number | readonly number[]): string;
  constant(value: number | readonly number[], shape: readonly number[], dtype: TensorflowType): string;
  /** Philox's key for a site, [1] uint64, and the counter that the step starts at, [2] uint64. */
  draws(site: string): { readonly key: string; readonly counter: string };
  /** Where the graph is taken many times by this machine's processors: what is faster there is chosen. What others load has the plain operations. */
  readonly processor?: ProcessorContext;
}

/** Ways to add operations to the body of a function. */
export type FunctionWriter = Pick<TensorflowContext, 'op' | 'ints' | 'constant'>;

/** What a lowering may use besides on processors. */
export interface ProcessorContext {
  /**
   * Adds a call of a function that TensorFlow compiles, of float32 tensors; the names of its results. `body` writes the function that `key`
   * stands for, and gives its results, by the names of the arguments.
   */
  compiled(
    key: string,
    args: readonly string[],
    body: (writer: FunctionWriter, args: readonly string[]) => readonly string[],
  ): readonly string[];
}

/** An attribute of an ONNX operation; `type` is written as its number. */
export type OnnxAttr =
  | { readonly type: OnnxType }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly s: string }
  | { readonly ints: readonly number[] };

export type OnnxType = DType | 'int64';

/** What the ONNX target gives a lowering: the arguments' values by name, types, and ways to add operations of opset 17. */
export interface OnnxContext {
  readonly args: readonly string[];
  readonly argTypes: readonly TensorType[];
  readonly type: TensorType;
  /** Adds an operation, unless the same is there already; returns the name of its first result. The second is that and `:1`. */
  op(name: string, inputs: readonly string[], attrs?: Readonly<Record<string, OnnxAttr>>, results?: number): string;
  /** int64s known when compiled, [n], as sizes, axes and positions are given. */
  ints(values: readonly number[]): string;
  constant(value: number | readonly number[], shape: readonly number[], dtype: DType): string;
}

/**
 * Everything there is to know about one primitive.
 *
 * `infer` gives the result's type, or a sentence that says why the arguments do not fit (shown to the user as it is).
 * `gradient` gives the cotangent of each argument, undefined where there is none; it uses only graph operations, so gradients can
 * be differentiated again. `evaluate` is the float64 definition. `batching` says what the operation does with leading axes:
 * 'elementwise' (align and broadcast), 'shift' with `shift` (one argument: the attributes for n more leading dimensions), or a rule.
 */
export interface Op<A extends Attrs = Attrs> {
  readonly name: string;
  readonly doc: string;
  readonly arity: number | 'any';
  infer(args: readonly TensorType[], attrs: A): TensorType | string;
  gradient?(b: Builder, node: Node, cotangent: Node, attrs: A): readonly (Node | undefined)[];
  /** `draws` says where random numbers come from; only the random operations read it. */
  evaluate?(args: readonly NdArray[], attrs: A, type: TensorType, draws?: Draws): NdArray;
  /** The same value by other operations, for an operation that stands for several: for targets that do not lower it, and where it has no `gradient`. */
  spell?(b: Builder, args: readonly Node[], attrs: A): Node;
  readonly batching: 'elementwise' | 'shift' | 'none' | ((b: Builder, args: readonly Batched[], attrs: A) => Batched);
  shift?(attrs: A, n: number, leading: readonly number[]): A;
  /** An argument that must be the same for every example, and the sentence that says so where it runs over axes. */
  readonly shared?: { readonly arg: number; readonly sentence: string };
  /** One tfjs expression. */
  tfjs?(c: TfjsContext, attrs: A): string;
  /** The name of the result among operations of TensorFlow's, which it adds. */
  tensorflow?(c: TensorflowContext, attrs: A): string;
  /** The name of the result among operations of ONNX, which it adds; of what a representation in use is made of. */
  onnx?(c: OnnxContext, attrs: A): string;
  /** Floating point operations of one call, for `ebmc check --cost`; the size of the result where absent. */
  flops?(args: readonly TensorType[], type: TensorType, attrs: A): number;
}

/** Declares an entry with its own attribute type; the table holds entries of any attributes. */
export function define<A extends Attrs>(op: Op<A>): Op {
  return op as unknown as Op;
}
