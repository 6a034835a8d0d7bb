/**
 * Local rules the builder tries on each new operation. A rule looks at the operation and its arguments only, and gives an
 * equal value that is cheaper, or undefined. The builder drops a result whose type or axes differ.
 */
import type { Builder } from './builder.js';
import { type Dim, sameShape } from './dim.js';
import { type OpName, ops } from './ops/index.js';
import type { Attrs, Node, TensorType } from './types.js';

export interface Candidate {
  readonly op: OpName;
  readonly args: readonly Node[];
  readonly attrs: Attrs;
  readonly type: TensorType;
}

export interface Rule {
  readonly name: string;
  readonly ops: readonly OpName[];
  apply(b: Builder, candidate: Candidate): Node | undefined;
}

/** The number that every element of a node is, where it is a constant of one. */
export function splat(node: Node | undefined): number | undefined {
  const value = node?.op === 'constant' ? node.attrs['value'] : undefined;
  return typeof value === 'number' ? value : undefined;
}

const identity = (perm: readonly number[]): boolean => perm.every((p, i) => p === i);

/** The argument itself where the other one is the operation's neutral number. */
function neutral(name: string, op: OpName, value: number, sides: readonly (0 | 1)[]): Rule {
  return {
    name,
    ops: [op],
    apply(_b, { args, type }) {
      for (const side of sides) {
        const kept = args[1 - side]!;
        if (splat(args[side]) === value && sameShape(kept.type.shape, type.shape)) return kept;
      }
      return undefined;
    },
  };
}

const foldable: readonly OpName[] = [
  'neg',
  'exp',
  'log',
  'log1p',
  'sqrt',
  'rsqrt',
  'tanh',
  'sigmoid',
  'erf',
  'relu',
  'abs',
  'sign',
  'sin',
  'cos',
  'floor',
  'softplus',
  'square',
  'reciprocal',
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'maximum',
  'minimum',
  'greater',
  'greater_equal',
  'less',
  'less_equal',
  'equal',
  'logical_and',
  'logical_or',
  'logical_not',
  'where',
  'cast',
];

export const rules: readonly Rule[] = [
  {
    name: 'fold constants: an elementwise operation on constants of one number each is one',
    ops: foldable,
    apply(b, { op, args, attrs, type }) {
      const values = args.map(splat);
      if (args.length === 0 || values.some((v) => v === undefined)) return undefined;
      const scalars = values.map((v) => ({ shape: [], data: Float64Array.of(v!) }));
      const folded = ops[op].evaluate?.(scalars, attrs, { dtype: type.dtype, shape: [] });
      return folded && b.constant(folded.data[0]!, type.shape, type.dtype);
    },
  },
  {
    name: 'move constants: a constant of one number keeps it under any change of shape',
    ops: ['reshape', 'transpose', 'broadcast_to', 'slice', 'reverse'],
    apply(b, { args, type }) {
      const value = splat(args[0]);
      return value === undefined ? undefined : b.constant(value, type.shape, type.dtype);
    },
  },
  {
    name: 'reduce constants: sums and means of one number',
    ops: ['reduce_sum', 'reduce_mean'],
    apply(b, { op, args, attrs, type }) {
      const value = splat(args[0]);
      if (value === undefined) return undefined;
      let n = 1;
      for (const i of attrs['axes'] as readonly number[]) {
        const d: Dim = args[0]!.type.shape[i]!;
        if (typeof d !== 'number') return undefined;
        n *= d;
      }
      return n === 0 ? undefined : b.constant(op === 'reduce_sum' ? value * n : value, type.shape, type.dtype);
    },
  },
  {
    name: 'x · a · b = x · (a b): numbers that follow one another are one',
    ops: ['mul'],
    apply(b, { args, type }) {
      const outer = splat(args[1]);
      const inner = args[0]!.op === 'mul' ? splat(args[0]!.args[1]) : undefined;
      if (outer === undefined || inner === undefined || !sameShape(args[0]!.type.shape, type.shape)) return undefined;
      const x = args[0]!.args[0]!;
      return sameShape(x.type.shape, type.shape) ? b.mul(x, b.scalar(outer * inner, type.dtype)) : undefined;
    },
  },
  neutral('x + 0 = x', 'add', 0, [0, 1]),
  neutral('x - 0 = x', 'sub', 0, [1]),
  neutral('x · 1 = x', 'mul', 1, [0, 1]),
  neutral('x / 1 = x', 'div', 1, [1]),
  neutral('x ^ 1 = x', 'pow', 1, [1]),
  {
    name: "a constant of one number needs no shape where the other side has the result's",
    ops: ['add', 'sub', 'mul', 'div', 'pow', 'maximum', 'minimum'],
    apply(b, { op, args, type }) {
      for (const side of [0, 1] as const) {
        const value = splat(args[side]);
        if (value === undefined || args[side]!.type.shape.length === 0) continue;
        if (!sameShape(args[1 - side]!.type.shape, type.shape)) continue;
        const scalar = b.scalar(value, args[side]!.type.dtype);
        return b.op(op, side === 0 ? [scalar, args[1]!] : [args[0]!, scalar]);
      }
      return undefined;
    },
  },
  {
    name: 'a + x = x + a, a · x = x · a: the constant comes second',
    ops: ['add', 'mul'],
    apply: (b, { op, args }) =>
      args[0]!.op === 'constant' && args[1]!.op !== 'constant' ? b.op(op, [args[1]!, args[0]!]) : undefined,
  },
  {
    name: '0 - x = -x',
    ops: ['sub'],
    apply: (b, { args, type }) =>
      splat(args[0]) === 0 && sameShape(args[1]!.type.shape, type.shape) ? b.neg(args[1]!) : undefined,
  },
  {
    name: 'x ^ 2 = x²',
    ops: ['pow'],
    apply: (b, { args, type }) =>
      splat(args[1]) === 2 && sameShape(args[0]!.type.shape, type.shape) ? b.square(args[0]!) : undefined,
  },
  {
    name: 'x · 0 = 0',
    ops: ['mul'],
    apply: (b, { args, type }) => (splat(args[0]) === 0 || splat(args[1]) === 0 ? b.zeros(type) : undefined),
  },
  { name: '0 / x = 0', ops: ['div'], apply: (b, { args, type }) => (splat(args[0]) === 0 ? b.zeros(type) : undefined) },
  {
    name: 'x · -1 = -x',
    ops: ['mul'],
    apply(b, { args, type }) {
      for (const side of [0, 1] as const)
        if (splat(args[side]) === -1 && sameShape(args[1 - side]!.type.shape, type.shape))
          return b.neg(args[1 - side]!);
      return undefined;
    },
  },
  {
    name: '--x = x',
    ops: ['neg'],
    apply: (_b, { args }) => (args[0]!.op === 'neg' ? args[0]!.args[0] : undefined),
  },
  {
    name: 'x + -y = x - y',
    ops: ['add'],
    apply: (b, { args }) => (args[1]!.op === 'neg' ? b.sub(args[0]!, args[1]!.args[0]!) : undefined),
  },
  {
    name: 'x - -y = x + y',
    ops: ['sub'],
    apply: (b, { args }) => (args[1]!.op === 'neg' ? b.add(args[0]!, args[1]!.args[0]!) : undefined),
  },
  {
    name: 'a change to the same shape is none',
    ops: ['reshape', 'broadcast_to'],
    apply: (_b, { args, type }) => (sameShape(args[0]!.type.shape, type.shape) ? args[0] : undefined),
  },
  {
    name: 'reshape of reshape is one',
    ops: ['reshape'],
    apply: (b, { args, type }) => (args[0]!.op === 'reshape' ? b.reshape(args[0]!.args[0]!, type.shape) : undefined),
  },
  {
    name: 'broadcast of broadcast is one',
    ops: ['broadcast_to'],
    apply: (b, { args, type }) =>
      args[0]!.op === 'broadcast_to' ? b.broadcastTo(args[0]!.args[0]!, type.shape) : undefined,
  },
  {
    name: 'the identity permutation is none',
    ops: ['transpose'],
    apply: (_b, { args, attrs }) => (identity(attrs['perm'] as readonly number[]) ? args[0] : undefined),
  },
  {
    name: 'transpose of transpose is one',
    ops: ['transpose'],
    apply(b, { args, attrs }) {
      const inner = args[0]!;
      if (inner.op !== 'transpose') return undefined;
      const first = inner.attrs['perm'] as readonly number[];
      return b.transpose(
        inner.args[0]!,
        (attrs['perm'] as readonly number[]).map((p) => first[p]!),
      );
    },
  },
  {
    name: 'a cast to the own element type is none',
    ops: ['cast'],
    apply: (_b, { args, type }) => (args[0]!.type.dtype === type.dtype ? args[0] : undefined),
  },
  {
    name: 'a reduction over no axes is none',
    ops: ['reduce_sum', 'reduce_mean', 'reduce_max', 'reduce_min', 'logsumexp'],
    apply: (_b, { args, attrs }) => ((attrs['axes'] as readonly number[]).length === 0 ? args[0] : undefined),
  },
  {
    name: 'a slice of everything and padding by nothing are none',
    ops: ['slice', 'pad'],
    apply(_b, { op, args, attrs, type }) {
      if (!sameShape(args[0]!.type.shape, type.shape)) return undefined;
      const list = attrs[op === 'slice' ? 'strides' : 'interior'] as readonly number[];
      const begin = op === 'slice' ? (attrs['begin'] as readonly Dim[]) : [];
      return begin.every((n) => n === 0) && list.every((n) => n === (op === 'slice' ? 1 : 0)) ? args[0] : undefined;
    },
  },
  {
    name: 'one value concatenated is itself',
    ops: ['concat'],
    apply: (_b, { args }) => (args.length === 1 ? args[0] : undefined),
  },
];

const byOp = new Map<OpName, readonly Rule[]>();
for (const rule of rules) for (const op of rule.ops) byOp.set(op, [...(byOp.get(op) ?? []), rule]);

/** The first rule's result, or undefined where none applies. */
export function simplify(
  b: Builder,
  op: OpName,
  args: readonly Node[],
  attrs: Attrs,
  type: TensorType,
): Node | undefined {
  const candidate: Candidate = { op, args, attrs, type };
  for (const rule of byOp.get(op) ?? []) {
    const result = rule.apply(b, candidate);
    if (result) return result;
  }
  return undefined;
}
