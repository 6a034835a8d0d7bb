/** Operations that act element by element and broadcast like NumPy, aligned at the last axis. */
import type { Builder } from '../builder.js';
import type { Dim } from '../dim.js';
import { broadcasted } from '../ndarray.js';
import type { DType, Node } from '../types.js';
import { erf } from './erf.js';
import { define, type OnnxContext, type Op, type TensorflowContext, type TfjsContext } from './op.js';
import { arithmetic, map, type Row, rowOf, zip } from './rows.js';
import { broadcastShapes, literal, staticShape, unbroadcast, wants } from './shapes.js';

type Unary =
  | 'neg'
  | 'exp'
  | 'log'
  | 'log1p'
  | 'sqrt'
  | 'rsqrt'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'relu'
  | 'abs'
  | 'sign'
  | 'sin'
  | 'cos'
  | 'floor'
  | 'softplus'
  | 'square'
  | 'reciprocal';
type Binary = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum';
type Comparison = 'greater' | 'greater_equal' | 'less' | 'less_equal' | 'equal';
export type ElementwiseName =
  | Unary
  | Binary
  | Comparison
  | 'logical_and'
  | 'logical_or'
  | 'logical_not'
  | 'is_finite'
  | 'where'
  | 'cast';

interface UnaryRule {
  readonly doc: string;
  readonly f: (x: number) => number;
  /** The cotangent of x from the cotangent g of the result `out`; absent where the derivative is zero. */
  readonly gradient?: (b: Builder, g: Node, x: Node, out: Node) => Node;
  /** Ints are taken too. */
  readonly ints?: boolean;
  /** The tfjs function; the operation's own name where absent. */
  readonly tfjs?: string;
  /** TensorFlow's operation; the tfjs function with a capital where absent. */
  readonly tensorflow?: string;
  /** By operations of ONNX; the one of its own name with a capital where absent. */
  readonly onnx?: (c: OnnxContext, x: string) => string;
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function unary(name: Unary, rule: UnaryRule): Op {
  return define({
    name,
    doc: rule.doc,
    arity: 1,
    infer: ([x]) =>
      x!.dtype === 'float32' || (rule.ints && x!.dtype === 'int32') ? x! : wants(name, 'float32', x!.dtype),
    gradient: (b, node, g) => [rule.gradient?.(b, g, node.args[0]!, node)],
    evaluate: ([x]) => map(x!, rule.f),
    batching: 'elementwise',
    tfjs: (c) => `tf.${rule.tfjs ?? name}(${c.args[0]})`,
    tensorflow: (c) => c.op(rule.tensorflow ?? capital(name), c.args, { T: { type: c.type.dtype } }),
    onnx: (c) => rule.onnx?.(c, c.args[0]!) ?? c.op(capital(name), c.args),
  });
}

const zero = (b: Builder, like: Node): Node => b.scalar(0, like.type.dtype);

/** Result type of a binary operation that wants equal element types. */
function joined(name: string, x: { dtype: DType; shape: readonly Dim[] }, y: { dtype: DType; shape: readonly Dim[] }) {
  if (x.dtype !== y.dtype)
    return `${name} of ${x.dtype} and ${y.dtype}: the element types must be equal (float(x) makes floats of ints)`;
  const shape = broadcastShapes(x.shape, y.shape);
  return typeof shape === 'string' ? shape : { dtype: x.dtype, shape };
}

interface BinaryRule {
  readonly doc: string;
  readonly row: Row;
  readonly gradient: (b: Builder, g: Node, x: Node, y: Node, out: Node) => readonly [Node, Node];
  readonly floatsOnly?: boolean;
  readonly tfjs?: string;
  /** TensorFlow's operation; the operation's own name with a capital where absent. */
  readonly tensorflow?: string;
  /** ONNX's operation; the operation's own name with a capital where absent. */
  readonly onnx?: string;
}

function binary(name: Binary, rule: BinaryRule): Op {
  return define({
    name,
    doc: rule.doc,
    arity: 2,
    infer([x, y]) {
      for (const { dtype } of [x!, y!])
        if (dtype === 'bool' || (rule.floatsOnly && dtype !== 'float32')) return wants(name, 'float32', dtype);
      return joined(name, x!, y!);
    },
    gradient(b, node, g) {
      const [x, y] = node.args as readonly [Node, Node];
      const [dx, dy] = rule.gradient(b, g, x, y, node);
      return [unbroadcast(b, dx, x.type.shape), unbroadcast(b, dy, y.type.shape)];
    },
    evaluate: ([x, y], _attrs, type) => zip(x!, y!, staticShape(type.shape), rule.row),
    batching: 'elementwise',
    tfjs: (c) => `tf.${rule.tfjs ?? name}(${c.args[0]}, ${c.args[1]})`,
    tensorflow: (c) => c.op(rule.tensorflow ?? capital(name), c.args, { T: { type: c.type.dtype } }),
    onnx: (c) => c.op(rule.onnx ?? capital(name), c.args),
  });
}

function comparison(name: Comparison, doc: string, tfjs: string, f: (x: number, y: number) => boolean): Op {
  const row = rowOf((x, y) => Number(f(x, y)));
  return define({
    name,
    doc,
    arity: 2,
    infer([x, y]) {
      const type = joined(name, x!, y!);
      return typeof type === 'string' ? type : { dtype: 'bool', shape: type.shape };
    },
    evaluate: ([x, y], _attrs, type) => zip(x!, y!, staticShape(type.shape), row),
    batching: 'elementwise',
    tfjs: (c) => `tf.${tfjs}(${c.args[0]}, ${c.args[1]})`,
    tensorflow: (c) => c.op(capital(tfjs), c.args, { T: { type: c.argTypes[0]!.dtype } }),
    onnx: (c) => c.op(capital(tfjs).replace(/(?<=.)Equal$/, 'OrEqual'), c.args),
  });
}

function logical(name: 'logical_and' | 'logical_or', tfjs: string, f: (x: boolean, y: boolean) => boolean): Op {
  const row = rowOf((x, y) => Number(f(x !== 0, y !== 0)));
  return define({
    name,
    doc: `${name === 'logical_and' ? 'Both' : 'Either'} of two truth values.`,
    arity: 2,
    infer([x, y]) {
      for (const { dtype } of [x!, y!]) if (dtype !== 'bool') return wants(name, 'bool', dtype);
      return joined(name, x!, y!);
    },
    evaluate: ([x, y], _attrs, type) => zip(x!, y!, staticShape(type.shape), row),
    batching: 'elementwise',
    tfjs: (c) => `tf.${tfjs}(${c.args[0]}, ${c.args[1]})`,
    tensorflow: (c) => c.op(capital(tfjs), c.args),
    onnx: (c) => c.op(name === 'logical_and' ? 'And' : 'Or', c.args),
  });
}

/** An argument as it is where it has the result's shape; otherwise broadcast to it in a temporary. */
function fullArgument(c: TfjsContext, i: number): string {
  const shape = staticShape(c.type.shape);
  const own = staticShape(c.argTypes[i]!.shape);
  if (own.length === shape.length && own.every((d, k) => d === shape[k])) return c.args[i]!;
  return c.temporary(`tf.broadcastTo(${c.args[i]}, ${literal(shape)})`);
}

/** log(1 + x), which ONNX lacks: u = 1 + x loses digits of a small x, and x / (u - 1) gives them back (Goldberg 1991, theorem 4). */
function logOfOnePlus(c: OnnxContext, x: string): string {
  const one = c.constant(1, [], 'float32');
  const u = c.op('Add', [x, one]);
  const scale = c.op('Div', [x, c.op('Sub', [u, one])]);
  return c.op('Where', [c.op('Equal', [u, one]), x, c.op('Mul', [c.op('Log', [u]), scale])]);
}

/** A choice of whole rows is copied row by row; by TensorFlow's broadcasting it takes several times as long. */
function whereTensor(c: TensorflowContext): string {
  const T = { type: c.type.dtype };
  const [condition, ...values] = c.argTypes.map((type) => staticShape(type.shape)) as [
    readonly number[],
    ...(readonly number[])[],
  ];
  const shape = staticShape(c.type.shape);
  const isOfRows =
    shape.length > 1 &&
    condition.length === shape.length &&
    condition.every((size, i) => size === (i === 0 ? shape[0] : 1)) &&
    values.every((value) => value.length === shape.length && value.every((size, i) => size === shape[i]));
  if (!c.processor || !isOfRows) return c.op('SelectV2', c.args, { T });
  const [which, ...rest] = c.args as [string, ...string[]];
  const rows = c.op('Reshape', [which, c.ints([shape[0]!])], { T: { type: 'bool' }, Tshape: { type: 'int32' } });
  return c.op('Select', [rows, ...rest], { T });
}

export const elementwiseOps: { readonly [N in ElementwiseName]: Op } = {
  neg: unary('neg', { doc: '-x.', f: (x) => -x, ints: true, gradient: (b, g) => b.neg(g) }),
  exp: unary('exp', { doc: 'e^x.', f: Math.exp, gradient: (b, g, _x, y) => b.mul(g, y) }),
  log: unary('log', { doc: 'The natural logarithm.', f: Math.log, gradient: (b, g, x) => b.div(g, x) }),
  log1p: unary('log1p', {
    doc: 'log(1 + x), exact near 0.',
    f: Math.log1p,
    onnx: logOfOnePlus,
    gradient: (b, g, x) => b.div(g, b.add(x, b.scalar(1))),
  }),
  sqrt: unary('sqrt', { doc: 'The square root.', f: Math.sqrt, gradient: (b, g, _x, y) => b.div(b.scale(g, 0.5), y) }),
  rsqrt: unary('rsqrt', {
    doc: '1 / √x.',
    f: (x) => 1 / Math.sqrt(x),
    onnx: (c, x) => c.op('Reciprocal', [c.op('Sqrt', [x])]),
    gradient: (b, g, _x, y) => b.mul(b.scale(g, -0.5), b.mul(b.square(y), y)),
  }),
  tanh: unary('tanh', {
    doc: 'The hyperbolic tangent.',
    f: Math.tanh,
    gradient: (b, g, _x, y) => b.mul(g, b.sub(b.scalar(1), b.square(y))),
  }),
  sigmoid: unary('sigmoid', {
    doc: '1 / (1 + e^-x).',
    f: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
    gradient: (b, g, _x, y) => b.mul(g, b.mul(y, b.sub(b.scalar(1), y))),
  }),
  erf: unary('erf', {
    doc: 'The error function.',
    f: erf,
    gradient: (b, g, x) => b.mul(b.scale(g, 2 / Math.sqrt(Math.PI)), b.exp(b.neg(b.square(x)))),
  }),
  relu: unary('relu', {
    doc: 'max(x, 0).',
    f: (x) => Math.max(x, 0),
    gradient: (b, g, x) => b.mul(g, b.mask('greater', x, zero(b, x), g)),
  }),
  abs: unary('abs', {
    doc: '|x|.',
    f: Math.abs,
    ints: true,
    gradient: (b, g, x) => b.mul(g, b.op('sign', [x])),
  }),
  sign: unary('sign', { doc: '-1, 0 or 1.', f: Math.sign, ints: true }),
  sin: unary('sin', { doc: 'The sine.', f: Math.sin, gradient: (b, g, x) => b.mul(g, b.op('cos', [x])) }),
  cos: unary('cos', { doc: 'The cosine.', f: Math.cos, gradient: (b, g, x) => b.neg(b.mul(g, b.op('sin', [x]))) }),
  floor: unary('floor', { doc: 'The largest whole number that is not larger.', f: Math.floor }),
  softplus: unary('softplus', {
    doc: 'log(1 + e^x).',
    f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    gradient: (b, g, x) => b.mul(g, b.op('sigmoid', [x])),
  }),
  square: unary('square', {
    doc: 'x².',
    f: (x) => x * x,
    ints: true,
    gradient: (b, g, x) => b.mul(g, b.scale(x, 2)),
    onnx: (c, x) => c.op('Mul', [x, x]),
  }),
  reciprocal: unary('reciprocal', {
    doc: '1 / x.',
    f: (x) => 1 / x,
    gradient: (b, g, _x, y) => b.neg(b.mul(g, b.square(y))),
  }),

  add: binary('add', { doc: 'x + y.', tensorflow: 'AddV2', row: arithmetic.add, gradient: (_b, g) => [g, g] }),
  sub: binary('sub', { doc: 'x - y.', row: arithmetic.sub, gradient: (b, g) => [g, b.neg(g)] }),
  mul: binary('mul', { doc: 'x y.', row: arithmetic.mul, gradient: (b, g, x, y) => [b.mul(g, y), b.mul(g, x)] }),
  div: binary('div', {
    doc: 'x / y.',
    row: arithmetic.div,
    tensorflow: 'RealDiv',
    floatsOnly: true,
    gradient: (b, g, _x, y, out) => [b.div(g, y), b.neg(b.div(b.mul(g, out), y))],
  }),
  pow: binary('pow', {
    doc: 'x^y.',
    row: rowOf((x, y) => x ** y),
    floatsOnly: true,
    // d/dy = x^y log x, taken as 0 where x is not positive.
    gradient(b, g, x, y, out) {
      const positive = b.op('greater', [x, b.scalar(0)]);
      const logarithm = b.log(b.where(positive, x, b.scalar(1)));
      return [b.mul(g, b.mul(y, b.pow(x, b.sub(y, b.scalar(1))))), b.mul(g, b.mul(out, logarithm))];
    },
  }),
  maximum: binary('maximum', {
    doc: 'The larger of two; the gradient goes to the first where they are equal.',
    row: rowOf(Math.max),
    onnx: 'Max',
    gradient: (b, g, x, y) => [b.mul(g, b.mask('greater_equal', x, y, g)), b.mul(g, b.mask('less', x, y, g))],
  }),
  minimum: binary('minimum', {
    doc: 'The smaller of two; the gradient goes to the first where they are equal.',
    row: rowOf(Math.min),
    onnx: 'Min',
    gradient: (b, g, x, y) => [b.mul(g, b.mask('less_equal', x, y, g)), b.mul(g, b.mask('greater', x, y, g))],
  }),

  greater: comparison('greater', 'x > y.', 'greater', (x, y) => x > y),
  greater_equal: comparison('greater_equal', 'x ≥ y.', 'greaterEqual', (x, y) => x >= y),
  less: comparison('less', 'x < y.', 'less', (x, y) => x < y),
  less_equal: comparison('less_equal', 'x ≤ y.', 'lessEqual', (x, y) => x <= y),
  equal: comparison('equal', 'x = y.', 'equal', (x, y) => x === y),
  logical_and: logical('logical_and', 'logicalAnd', (x, y) => x && y),
  logical_or: logical('logical_or', 'logicalOr', (x, y) => x || y),
  logical_not: define({
    name: 'logical_not',
    doc: 'The opposite truth value.',
    arity: 1,
    infer: ([x]) => (x!.dtype === 'bool' ? x! : wants('logical_not', 'bool', x!.dtype)),
    evaluate: ([x]) => map(x!, (v) => Number(v === 0)),
    batching: 'elementwise',
    tfjs: (c) => `tf.logicalNot(${c.args[0]})`,
    tensorflow: (c) => c.op('LogicalNot', c.args),
    onnx: (c) => c.op('Not', c.args),
  }),
  is_finite: define({
    name: 'is_finite',
    doc: 'Whether x is a number, and not infinite.',
    arity: 1,
    infer: ([x]) =>
      x!.dtype === 'float32' ? { dtype: 'bool', shape: x!.shape } : wants('is_finite', 'float32', x!.dtype),
    evaluate: ([x]) => map(x!, (v) => Number(Number.isFinite(v))),
    batching: 'elementwise',
    tfjs: (c) => `tf.isFinite(${c.args[0]})`,
    tensorflow: (c) => c.op('IsFinite', c.args, { T: { type: 'float32' } }),
    onnx: (c) => c.op('Not', [c.op('Or', [c.op('IsInf', c.args), c.op('IsNaN', c.args)])]),
  }),
  where: define({
    name: 'where',
    doc: 'x where the condition holds, y elsewhere.',
    arity: 3,
    infer([condition, x, y]) {
      if (condition!.dtype !== 'bool') return wants("where's condition", 'bool', condition!.dtype);
      const values = joined('where', x!, y!);
      if (typeof values === 'string') return values;
      const shape = broadcastShapes(condition!.shape, values.shape);
      return typeof shape === 'string' ? shape : { dtype: values.dtype, shape };
    },
    gradient(b, node, g) {
      const [condition, x, y] = node.args as readonly [Node, Node, Node];
      const none = b.scalar(0, g.type.dtype);
      const dx = unbroadcast(b, b.where(condition, g, none), x.type.shape);
      return [undefined, dx, unbroadcast(b, b.where(condition, none, g), y.type.shape)];
    },
    evaluate([condition, x, y], _attrs, type) {
      const shape = staticShape(type.shape);
      const [c, p, q] = [condition!, x!, y!].map((v) => broadcasted(v, shape).data) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const data = new Float64Array(c.length);
      for (let i = 0; i < data.length; i++) data[i] = c[i] !== 0 ? p[i]! : q[i]!;
      return { shape, data };
    },
    batching: 'elementwise',
    tfjs: (c) => `tf.where(${fullArgument(c, 0)}, ${fullArgument(c, 1)}, ${fullArgument(c, 2)})`,
    tensorflow: (c) => whereTensor(c),
    onnx: (c) => c.op('Where', c.args),
  }),
  cast: define<{ readonly dtype: DType }>({
    name: 'cast',
    doc: 'The value in another element type; floats lose their fraction, truth values are 0 and 1.',
    arity: 1,
    infer: ([x], { dtype }) => ({ dtype, shape: x!.shape }),
    gradient: (_b, node, g, { dtype }) => [
      dtype === 'float32' && node.args[0]!.type.dtype === 'float32' ? g : undefined,
    ],
    evaluate: ([x], { dtype }) =>
      dtype === 'float32' ? x! : map(x!, dtype === 'bool' ? (v) => Number(v !== 0) : Math.trunc),
    batching: 'elementwise',
    tfjs: (c, { dtype }) => `tf.cast(${c.args[0]}, '${dtype}')`,
    tensorflow: (c, { dtype }) => c.op('Cast', c.args, { SrcT: { type: c.argTypes[0]!.dtype }, DstT: { type: dtype } }),
    onnx: (c, { dtype }) => c.op('Cast', c.args, { to: { type: dtype } }),
  }),
};
