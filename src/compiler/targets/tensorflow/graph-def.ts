/** Collects the operations of a TensorFlow graph. */
import type { Weight } from '../../freeze/index.js';
import type { TensorflowAttr, TensorflowType } from '../../graph/ops/index.js';
import { type NarrowCast, type NarrowType, narrowing, widening } from '../../graph/ops/narrow.js';
import { notCompiled } from '../../graph/ops/op.js';

/** As in `NodeDef`. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Readonly<Record<string, object>>;
}

const dataTypes: { readonly [T in TensorflowType | 'resource']: string } = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
  bfloat16: 'DT_BFLOAT16',
  float16: 'DT_HALF',
  uint64: 'DT_UINT64',
  resource: 'DT_RESOURCE',
};

export function dataType(type: TensorflowType | 'resource'): string {
  return dataTypes[type];
}

export function shapeProto(shape: readonly number[]): object {
  return { dim: shape.map((size) => ({ size })) };
}

/** Operations that give elements of their first so many inputs, or zeros. */
const moves: Readonly<Record<string, number>> = {
  Pad: 1,
  Relu: 1,
  ReluGrad: 2,
  Reshape: 1,
  Slice: 1,
  StridedSlice: 1,
  Transpose: 1,
};

function isCast(a: Readonly<Record<string, TensorflowAttr>>, b: NarrowCast): boolean {
  return JSON.stringify([a['SrcT'], a['DstT']]) === JSON.stringify([b.SrcT, b.DstT]);
}

/** A value of 16 bits that a float32 one was widened from. */
export interface NarrowTensor {
  readonly tensor: string;
  readonly type: NarrowType;
}

const narrowDataTypes: readonly NarrowType[] = ['bfloat16', 'float16'];

function shareKey(op: string, inputs: readonly string[], attrs: Readonly<Record<string, TensorflowAttr>>): string {
  return `${op}|${inputs.join(',')}|${JSON.stringify(attrs)}`;
}

/** Elements of a constant of one number that is written out. */
const largestConstant = 4096;

/** As in `FunctionDef`. */
export interface FunctionDefinition {
  readonly signature: {
    readonly name: string;
    readonly inputArg: readonly ArgumentDefinition[];
    readonly outputArg: readonly ArgumentDefinition[];
  };
  readonly nodeDef: readonly NodeDef[];
  readonly ret: Readonly<Record<string, string>>;
  readonly attr: object;
}

export interface ArgumentDefinition {
  readonly name: string;
  readonly type: string;
}

/** What is the same compiled or not, or what the compiler has to see through. */
const neverMarked: ReadonlySet<string> = new Set(['Const', 'Placeholder', 'VarHandleOp']);

export class GraphDef {
  /** Whether operations are marked as not to be compiled, where the session compiles what it runs. */
  marks = false;
  readonly nodes: NodeDef[] = [];
  private readonly names = new Set<string>();
  private readonly known = new Map<string, string>();
  private readonly widened = new Map<string, NarrowTensor>();
  private readonly defined = new Map<string, FunctionDefinition>();

  /** As in `FunctionDefLibrary`. */
  get functions(): readonly object[] {
    return [...this.defined.values()];
  }

  /** The function that `key` stands for, which `make` makes the first time. */
  define(key: string, make: (name: string) => FunctionDefinition): FunctionDefinition {
    const found = this.defined.get(key) ?? make(`fused_${this.defined.size + 1}`);
    this.defined.set(key, found);
    return found;
  }

  /** Adds an operation under a name like `wanted`; returns the name it got, which is also that of its first result. */
  add(wanted: string, op: string, inputs: readonly string[], attrs: Readonly<Record<string, object>> = {}): string {
    const name = this.fresh(wanted);
    const attr = this.marks && !neverMarked.has(op) ? { ...attrs, ...notCompiled } : attrs;
    this.nodes.push({ name, op, input: inputs, attr });
    return name;
  }

  /**
   * As `add`, but the operation that is there already where it is the same: for operations without effects. A value that was widened is
   * moved before it is widened, and narrowing it again is nothing: both change no number.
   */
  share(
    wanted: string,
    op: string,
    inputs: readonly string[],
    attrs: Readonly<Record<string, TensorflowAttr>>,
  ): string {
    const [first = ''] = inputs;
    const narrow = this.widened.get(first);
    if (narrow !== undefined && op === 'Cast' && isCast(attrs, narrowing(narrow.type))) return narrow.tensor;
    const moved = this.movedNarrow(op, inputs);
    if (moved) {
      const result = this.share(wanted, op, moved.inputs, { ...attrs, T: { type: moved.type } });
      return this.share(wanted, 'Cast', [result], widening(moved.type));
    }
    const key = shareKey(op, inputs, attrs);
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const protos = Object.fromEntries(Object.entries(attrs).map(([name, attr]) => [name, attrProto(attr)]));
    const name = this.add(wanted, op, inputs, protos);
    this.known.set(key, name);
    const type = op === 'Cast' ? narrowDataTypes.find((type) => isCast(attrs, widening(type))) : undefined;
    if (type) this.widened.set(name, { tensor: first, type });
    return name;
  }

  /** What an operation that only moves values takes, as it was before it was widened. */
  private movedNarrow(
    op: string,
    inputs: readonly string[],
  ): { readonly inputs: readonly string[]; readonly type: NarrowType } | undefined {
    const count = moves[op];
    if (count === undefined) return undefined;
    const narrow = inputs.slice(0, count).flatMap((input) => this.widened.get(input) ?? []);
    const type = narrow[0]?.type;
    if (type === undefined || narrow.length < count || narrow.some((each) => each.type !== type)) return undefined;
    return { inputs: [...narrow.map(({ tensor }) => tensor), ...inputs.slice(count)], type };
  }

  /** The value that a float32 one was widened from. */
  narrowOf(tensor: string): NarrowTensor | undefined {
    return this.widened.get(tensor);
  }

  /** Has `narrow` taken where `tensor` is narrowed. */
  narrowedAs(tensor: string, { tensor: narrow, type }: NarrowTensor): void {
    this.known.set(shareKey('Cast', [tensor], narrowing(type)), narrow);
  }

  /** A constant; equal ones under one `prefix` are one. */
  constant(prefix: string, value: number | readonly number[], shape: readonly number[], type: TensorflowType): string {
    const key = `${prefix}|${type}|${shape.join(',')}|${typeof value === 'number' ? `all ${numberKey(value)}` : value.map(numberKey).join(',')}`;
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const count = shape.reduce((product, size) => product * size, 1);
    if (typeof value === 'number' && count > largestConstant) return this.fill(prefix, value, shape, type, key);
    const tensor = {
      dtype: dataType(type),
      tensorShape: shapeProto(shape),
      tensorContent: bytesOf(value, shape, type),
    };
    const name = this.add(`${prefix}/constant`, 'Const', [], { dtype: { type: dataType(type) }, value: { tensor } });
    this.known.set(key, name);
    return name;
  }

  /** A constant under a name like its own, whose numbers are not copied. */
  weight(name: string, { shape, data }: Weight): string {
    const type = dataType(data instanceof Int32Array ? 'int32' : 'float32');
    const tensor = { dtype: type, tensorShape: shapeProto(shape), tensorContent: bytes(data) };
    return this.add(name, 'Const', [], { dtype: { type }, value: { tensor } });
  }

  /** Many times one number, made when it is needed. */
  private fill(prefix: string, value: number, shape: readonly number[], type: TensorflowType, key: string): string {
    const inputs = [this.constant(prefix, shape, [shape.length], 'int32'), this.constant(prefix, value, [], type)];
    const name = this.add(`${prefix}/fill`, 'Fill', inputs, {
      T: { type: dataType(type) },
      index_type: { type: dataType('int32') },
    });
    this.known.set(key, name);
    return name;
  }

  private fresh(wanted: string): string {
    const base = wanted.replace(/[^A-Za-z0-9_./]/g, '_').replace(/^[^A-Za-z0-9.]+/, '') || 'op';
    let name = base;
    for (let i = 1; this.names.has(name.toLowerCase()); i++) name = `${base}_${i}`;
    this.names.add(name.toLowerCase());
    return name;
  }
}

/** What a constant of this file's holds. */
export interface ConstantTensor {
  readonly dtype: string;
  readonly tensorShape: { readonly dim: readonly { readonly size: number }[] };
  readonly tensorContent: Uint8Array;
}

export function constantTensor({ op, attr }: NodeDef): ConstantTensor | undefined {
  return op === 'Const' ? (attr['value'] as { readonly tensor: ConstantTensor }).tensor : undefined;
}

export function intConstant(
  node: NodeDef,
): { readonly shape: readonly number[]; readonly values: readonly number[] } | undefined {
  const tensor = constantTensor(node);
  if (tensor?.dtype !== dataType('int32')) return undefined;
  const { buffer, byteOffset, length } = tensor.tensorContent;
  const shape = tensor.tensorShape.dim.map(({ size }) => size);
  return { shape, values: [...new Int32Array(buffer, byteOffset, length / 4)] };
}

function numberKey(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function bytesOf(value: number | readonly number[], shape: readonly number[], type: TensorflowType): Uint8Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const numbers = typeof value === 'number' ? new Array<number>(count).fill(value) : value;
  switch (type) {
    case 'float32':
      return bytes(Float32Array.from(numbers));
    case 'int32':
      return bytes(Int32Array.from(numbers));
    case 'bool':
      return Uint8Array.from(numbers, (v) => Number(v !== 0));
    case 'uint64':
      return bytes(BigUint64Array.from(numbers, BigInt));
    case 'bfloat16':
    case 'float16':
      throw new Error('constants are made in float32 and cast');
  }
}

/** Little-endian, as TensorFlow wants them on every machine that Node runs on. */
function bytes(array: Float32Array | Int32Array | BigUint64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

export function attrProto(attr: TensorflowAttr): object {
  if ('type' in attr) return { type: dataType(attr.type) };
  if ('ints' in attr) return { list: { i: attr.ints } };
  if ('s' in attr) return { s: new TextEncoder().encode(attr.s) };
  return attr;
}
