/** Functions of shape, making of tensors, products. */
import type { Span } from '../../../grammar/source.js';
import { type Dim, mulDims, showShape } from '../../graph/dim.js';
import type { Node } from '../../graph/types.js';
import type { Elaborator } from '../elaborator.js';
import { asDim, asNode } from '../expression.js';
import { describe, int, missing, number, type Value } from '../values.js';
import { type Arguments, argInt, argNode, argNumber, type Builtin } from './builtin.js';

/** A list of whole numbers as a shape. */
export function argShape(e: Elaborator, args: Arguments, name: string): Dim[] | undefined {
  const { value, span } = args.get(name)!;
  if (value.kind !== 'list') {
    e.fail('EBM2013', { what: `\`${name}\``, expected: 'a list of dimensions', actual: describe(value) }, span);
    return undefined;
  }
  const shape: Dim[] = [];
  for (const item of value.items) {
    const dim = asDim(e, item, span, 'a dimension');
    if (dim === undefined) return undefined;
    shape.push(dim);
  }
  return shape;
}

function numbers(shape: readonly Dim[]): number[] {
  return shape.map(Number);
}

function filled(doc: string, value: (args: Arguments) => Value, parameters = 'shape'): Builtin {
  return {
    parameters,
    doc,
    run(e, args, span) {
      const shape = argShape(e, args, 'shape');
      const start = asNode(e, value(args), span, 'the value');
      if (!shape || !start) return missing;
      return shape.length === 0 ? { kind: 'tensor', node: start } : e.tensor('broadcast_to', [start], { shape }, span);
    },
  };
}

/** `x` brought to a shape. */
function givenShape(op: 'reshape' | 'broadcast_to', doc: string): Builtin {
  return {
    parameters: 'x shape',
    doc,
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      const shape = argShape(e, args, 'shape');
      return x && shape ? e.tensor(op, [x], { shape }, span) : missing;
    },
  };
}

/** The index of its position along `n`, as a float or int tensor. */
function positions(e: Elaborator, size: Dim, span: Span): Node | undefined {
  return e.node('iota', [], { size: size as number }, span);
}

function oneHot(e: Elaborator, indices: Node, size: Dim, span: Span): Value {
  const column = e.node('reshape', [indices], { shape: [...indices.type.shape, 1] }, span);
  const row = positions(e, size, span);
  const equal = column && row && e.node('equal', [column, row], {}, span);
  return equal ? e.tensor('cast', [equal], { dtype: 'float32' }, span) : missing;
}

function padding(e: Elaborator, args: Arguments, x: Node, w: Node, stride: number, span: Span): number[] | undefined {
  const given = args.get('padding')?.value;
  if (!given || (given.kind === 'string' && given.value === 'same')) {
    const sides = (axis: number): [number, number] => {
      const size = Number(x.type.shape[axis]);
      const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + Number(w.type.shape[axis]) - size);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    };
    return [...sides(0), ...sides(1)];
  }
  if (given.kind === 'string' && given.value === 'valid') return [0, 0, 0, 0];
  if (given.kind === 'number' && typeof given.dim === 'number' && given.dim >= 0) return Array(4).fill(given.dim);
  e.fail(
    'EBM2013',
    { what: '`padding`', expected: '"same", "valid" or a whole number', actual: describe(given) },
    span,
  );
  return undefined;
}

/** Leading axes of both, broadcast against each other. */
function matmul(e: Elaborator, a: Node, b: Node, span: Span): Value {
  const ra = a.type.shape.length;
  const rb = b.type.shape.length;
  if (ra === 0 || rb === 0) {
    return e.fail(
      'EBM2010',
      {
        message: `a product of matrices takes [n, k] and [k, m], not ${showShape(a.type.shape)} and ${showShape(b.type.shape)}`,
      },
      span,
    );
  }
  if (rb <= 2 || ra <= 1) {
    const over = [[ra - 1], [Math.max(0, rb - 2)]];
    return e.tensor('contract', [a, b], { batch: [[], []], over }, span);
  }
  const leading = Math.max(ra, rb) - 2;
  const widen = (x: Node, rank: number, other: Node): Node | undefined => {
    if (rank === leading + 2) return x;
    const shape = [...other.type.shape.slice(0, leading + 2 - rank), ...x.type.shape];
    return e.node('broadcast_to', [x], { shape }, span);
  };
  const x = widen(a, ra, b);
  const y = widen(b, rb, a);
  if (!x || !y) return missing;
  const batch = Array.from({ length: leading }, (_, k) => k);
  return e.tensor('contract', [x, y], { batch: [batch, batch], over: [[leading + 1], [leading]] }, span);
}

/** Tensors of one shape rank, for `concat` and `stack`; numbers and scalars count as one element. */
function pieces(e: Elaborator, args: Arguments, span: Span): Node[] | undefined {
  const nodes: Node[] = [];
  for (const [name, argument] of args) {
    if (name === 'axis') continue;
    const items = argument.value.kind === 'list' ? argument.value.items : [argument.value];
    for (const item of items) {
      const node = asNode(e, item, span, 'what is joined');
      if (!node) return undefined;
      nodes.push(node);
    }
  }
  return nodes;
}

export const shapeBuiltins: Record<string, Builtin> = {
  rank: {
    parameters: 'x',
    doc: 'How many dimensions x has, a whole number when compiled.',
    run: (e, args) => number(argNode(e, args, 'x')?.type.shape.length ?? 0),
  },
  shape: {
    parameters: 'x',
    doc: 'The dimensions of x as a list of whole numbers when compiled, for `zeros(shape(x))`.',
    run(e, args) {
      const x = argNode(e, args, 'x');
      return x ? { kind: 'list', items: x.type.shape.map((dim) => int(dim, e.batch)) } : missing;
    },
  },
  size: {
    parameters: 'x axis?',
    doc: 'How many elements x has, or how many along `axis`; a whole number when compiled.',
    run(e, args) {
      const x = argNode(e, args, 'x');
      const axis = argInt(e, args, 'axis', Number.NaN);
      if (!x || axis === undefined) return missing;
      if (!Number.isNaN(axis)) return int(x.type.shape.at(axis) ?? 0, e.batch);
      return int(x.type.shape.reduce<Dim>(mulDims, 1), e.batch);
    },
  },
  reshape: givenShape(
    'reshape',
    'The elements of x in their order (last axis fastest) as `shape`, e.g. `reshape(x, [h * w, c])`.',
  ),
  transpose: {
    parameters: 'x order?',
    doc: 'The axes of x in another order, `transpose(x, [1, 0, 2])`; without `order` the last two swapped.',
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      if (!x) return missing;
      const rank = x.type.shape.length;
      const perm = args.has('order') ? argShape(e, args, 'order') : undefined;
      if (args.has('order') && !perm) return missing;
      if (!perm && rank < 2) return { kind: 'tensor', node: x };
      const swapped = Array.from({ length: rank }, (_, k) =>
        k === rank - 1 ? rank - 2 : k === rank - 2 ? rank - 1 : k,
      );
      return e.tensor('transpose', [x], { perm: perm ? numbers(perm) : swapped }, span);
    },
  },
  broadcast: givenShape(
    'broadcast_to',
    'x repeated along axes of size 1 and new leading axes until it is `shape`, as NumPy broadcasts.',
  ),
  concat: {
    parameters: 'xs... axis?',
    doc: 'Tensors, or lists of them, one after the other along `axis` (0 by default); scalars count as one element.',
    run(e, args, span) {
      const nodes = pieces(e, args, span);
      const axis = argInt(e, args, 'axis', 0);
      if (!nodes || axis === undefined) return missing;
      const rank = Math.max(1, ...nodes.map((n) => n.type.shape.length));
      const vectors = nodes.map((n) =>
        n.type.shape.length === 0 ? (e.node('reshape', [n], { shape: [1] }, span) ?? n) : n,
      );
      const at = axis < 0 ? axis + rank : axis;
      // `mask_token + positions` may lack the leading axis: pieces of lower rank than the highest are an error of the op itself.
      return e.tensor('concat', vectors, { axis: at }, span);
    },
  },
  stack: {
    parameters: 'xs... axis?',
    doc: 'Tensors of one shape, or a list of them, beside each other along a new `axis` (0 by default).',
    run(e, args, span) {
      const nodes = pieces(e, args, span);
      const axis = argInt(e, args, 'axis', 0);
      if (!nodes || axis === undefined) return missing;
      const widened = nodes.map((n) => {
        const at = axis < 0 ? axis + n.type.shape.length + 1 : axis;
        return (
          e.node('reshape', [n], { shape: [...n.type.shape.slice(0, at), 1, ...n.type.shape.slice(at)] }, span) ?? n
        );
      });
      return e.tensor('concat', widened, { axis: axis < 0 ? axis + widened[0]!.type.shape.length : axis }, span);
    },
  },
  pad: {
    parameters: 'x before after value?',
    doc: 'x with `before[k]` and `after[k]` cells of `value` (0 by default) more along each axis k: `pad(x, before: [1, 1, 0], after: [1, 1, 0])`.',
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      const before = argShape(e, args, 'before');
      const after = argShape(e, args, 'after');
      const value = argNumber(e, args, 'value', 0);
      if (!x || !before || !after || value === undefined) return missing;
      const attrs = { before: numbers(before), after: numbers(after), interior: before.map(() => 0) };
      const padded = e.tensor('pad', [x], attrs, span);
      if (value === 0 || padded.kind !== 'tensor' || [...attrs.before, ...attrs.after].every((n) => n === 0))
        return padded;
      const ones = e.node('broadcast_to', [e.constant(1, span)], { shape: x.type.shape }, span);
      const inside = ones && e.node('pad', [ones], attrs, span);
      const outside = inside && e.node('sub', [e.constant(1, span), inside], {}, span);
      const fill = outside && e.node('mul', [outside, e.constant(value, span)], {}, span);
      return fill ? e.tensor('add', [padded.node, fill], {}, span) : missing;
    },
  },
  take: {
    parameters: 'x axis from count step?',
    doc: '`count` slices along `axis`, beginning at `from`, `step` (1 by default) apart.',
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      const axis = argInt(e, args, 'axis', 0);
      const from = argInt(e, args, 'from', 0);
      const count = argInt(e, args, 'count', 1);
      const step = argInt(e, args, 'step', 1);
      if (!x || axis === undefined || from === undefined || count === undefined || step === undefined) return missing;
      const shape = x.type.shape;
      const attrs = {
        begin: shape.map((_, k) => (k === axis ? from : 0)),
        size: shape.map((d, k) => (k === axis ? count : d)),
        strides: shape.map((_, k) => (k === axis ? step : 1)),
      };
      return e.tensor('slice', [x], attrs, span);
    },
  },
  reverse: {
    parameters: 'x axis',
    doc: 'x with the order along `axis` turned round.',
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      const axis = argInt(e, args, 'axis', 0);
      if (!x || axis === undefined) return missing;
      return e.tensor('reverse', [x], { axes: [axis < 0 ? axis + x.type.shape.length : axis] }, span);
    },
  },
};

export const makingBuiltins: Record<string, Builtin> = {
  zeros: filled('Zeros of `shape`: `zeros([n, d])`.', () => number(0)),
  ones: filled('Ones of `shape`.', () => number(1)),
  full: filled('`value` everywhere in `shape`: `full([n], 0.5)`.', (args) => args.get('value')!.value, 'shape value'),
  iota: {
    parameters: 'n',
    doc: 'The ints 0, 1, …, n - 1: `[n]`.',
    run(e, args, span) {
      const n = asDim(e, args.get('n')!.value, span, '`n`');
      const node = n === undefined ? undefined : positions(e, n, span);
      return node ? { kind: 'tensor', node } : missing;
    },
  },
  eye: {
    parameters: 'n',
    doc: 'The identity matrix, `[n, n]`.',
    run(e, args, span) {
      const n = asDim(e, args.get('n')!.value, span, '`n`');
      const rows = n === undefined ? undefined : positions(e, n, span);
      return rows ? oneHot(e, rows, n!, span) : missing;
    },
  },
  one_hot: {
    parameters: 'x n',
    doc: '1 at index x, 0 elsewhere: ints `[...]` become `[..., n]`.',
    run(e, args, span) {
      const given = args.get('x')!.value;
      const whole = given.kind === 'number' && given.dim !== undefined;
      const attrs = { value: whole ? given.value : 0, shape: [], dtype: 'int32' };
      const x = whole ? e.node('constant', [], attrs, span) : argNode(e, args, 'x');
      const n = asDim(e, args.get('n')!.value, span, '`n`');
      return x && n !== undefined ? oneHot(e, x, n, span) : missing;
    },
  },
};

export const productBuiltins: Record<string, Builtin> = {
  matmul: {
    parameters: 'a b',
    doc: 'The product of matrices, `[n, k]` and `[k, m]` to `[n, m]`, or of vectors with them; leading axes broadcast.',
    run(e, args, span) {
      const a = argNode(e, args, 'a');
      const b = argNode(e, args, 'b');
      return a && b ? matmul(e, a, b, span) : missing;
    },
  },
  convolve: {
    parameters: 'x w stride? padding?',
    doc: 'The two-dimensional convolution (cross-correlation, unflipped) of x `[h, w, c]` with `w` `[kh, kw, c, o]`. `stride` is 1 by default; `padding` is `"same"` (the default: ⌈h / stride⌉ rows), `"valid"` (none) or an int, zeros on every side.',
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      const w = argNode(e, args, 'w');
      const stride = argInt(e, args, 'stride', 1);
      if (!x || !w || stride === undefined) return missing;
      const pad = padding(e, args, x, w, stride, span);
      if (!pad) return missing;
      return e.tensor('conv2d', [x, w], { stride: [stride, stride], pad, dilation: [1, 1] }, span);
    },
  },
};
