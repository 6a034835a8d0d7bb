/** Makes graph nodes: infers types, simplifies locally and shares equal operations. */
import type { Span } from '../../grammar/source.js';
import { type Dim, sameShape, showDim } from './dim.js';
import { NodeTable } from './node-table.js';
import { type OpName, ops } from './ops/index.js';
import { ShapeError } from './shape-error.js';
import { simplify } from './simplify.js';
import type { Attrs, AttrValue, Axis, DType, Node, TensorType } from './types.js';

export { ShapeError };

/** What a node carries besides its meaning. `axes` overrides the default, the union of the arguments' axes. */
export interface Place {
  readonly scope?: string;
  readonly span?: Span | undefined;
  readonly axes?: readonly Axis[];
}

function isAxis(value: object): value is Axis {
  return 'kind' in value && 'id' in value;
}

function showAttr(value: AttrValue | readonly AttrValue[]): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    let text = '[';
    for (const item of value as readonly AttrValue[]) text += `${showAttr(item)},`;
    return `${text}]`;
  }
  if (isAxis(value as object)) return `axis${(value as Axis).id}`;
  return showDim(value as Dim);
}

/** Equal exactly when the operations, their attributes and their axes are. */
function signatureOf(op: OpName, attrs: Attrs, axes: readonly Axis[]): string {
  const names = Object.keys(attrs);
  if (names.length > 1) names.sort();
  let text: string = op;
  for (const name of names) text += `|${name}=${showAttr(attrs[name] as AttrValue)}`;
  for (const axis of axes) text += `|${axis.id}`;
  return text;
}

/** Axes a result runs over where the caller does not say: the arguments', less or plus what the operation itself moves. */
function defaultAxes(op: OpName, args: readonly Node[], attrs: Attrs): readonly Axis[] {
  let axes: readonly Axis[] = args.find((a) => a.axes.length > 0)?.axes ?? [];
  if (args.some((a) => a.axes !== axes && a.axes.some((axis) => !axes.some((x) => x.id === axis.id)))) {
    const byId = new Map<number, Axis>();
    for (const arg of args) for (const axis of arg.axes) if (!byId.has(axis.id)) byId.set(axis.id, axis);
    axes = [...byId.values()].sort((a, b) => a.id - b.id);
  }
  const moved = attrs['axis'];
  if (op === 'enter' && typeof moved === 'object' && 'kind' in moved)
    return [...axes.filter((a) => a.id !== moved.id), moved].sort((a, b) => a.id - b.id);
  if (op === 'leave' && typeof moved === 'object' && 'kind' in moved) return axes.filter((a) => a.id !== moved.id);
  if (op === 'batch' || op === 'batch_reduce') return axes.filter((a) => a.kind !== 'example');
  return axes;
}

export class Builder {
  private readonly table = new NodeTable();
  /** This builder's nodes, each at its number. */
  private readonly own: (Node | undefined)[] = [];
  /** Scope and span of nodes whose `op` call gives none: gradient rules and passes set it to the node they work on. */
  place: { readonly scope: string; readonly span: Span | undefined } = { scope: '', span: undefined };

  /** `nodes`: nodes of an earlier builder to go on from, arguments before their users. Of equal ones the first is taken. */
  constructor(nodes: Iterable<Node> = []) {
    for (const node of nodes) {
      this.own.length = Math.max(this.own.length, node.id + 1);
      if (this.table.get(node.signature, node.args)) continue;
      this.table.set(node.signature, node.args, node);
      this.own[node.id] = node;
    }
  }

  owns(node: Node): boolean {
    return this.own[node.id] === node;
  }

  /** The operation applied to arguments; throws `ShapeError` where they do not fit. */
  op(name: OpName, args: readonly Node[], attrs: Attrs = {}, place: Place = {}): Node {
    const axes = place.axes ?? defaultAxes(name, args, attrs);
    const signature = signatureOf(name, attrs, axes);
    const found = this.table.get(signature, args);
    if (found) return found;
    this.checkOwn(name, args);
    const entry = ops[name];
    const types = args.map((a) => a.type);
    if (entry.arity !== 'any' && entry.arity !== args.length)
      throw new ShapeError(`${name} takes ${entry.arity} values, not ${args.length}`, name, types);
    const type = entry.infer(types, attrs);
    if (typeof type === 'string') throw new ShapeError(type, name, types);
    if (entry.shared && args[entry.shared.arg]!.axes.length > 0)
      throw new ShapeError(entry.shared.sentence, name, types);
    const scope = place.scope ?? this.place.scope;
    const span = 'span' in place ? place.span : this.place.span;
    return this.make({ op: name, args, attrs, type, axes, signature, scope, span });
  }

  /** What `node` does, to other arguments over the same axes; its type is known where theirs are the same. */
  again(
    node: Node,
    args: readonly Node[],
    { scope, span }: Required<Pick<Place, 'scope' | 'span'>> = this.place,
  ): Node {
    const { op, attrs, axes } = node;
    for (let i = 0; i < args.length; i++)
      if (!sameType(args[i]!.type, node.args[i]!.type)) return this.op(op, args, attrs, { axes, scope, span });
    const found = this.table.get(node.signature, args);
    if (found) return found;
    this.checkOwn(op, args);
    return this.make({ ...node, args, scope, span });
  }

  private checkOwn(name: OpName, args: readonly Node[]): void {
    for (const arg of args)
      if (!this.owns(arg)) throw new Error(`%${arg.id} (${arg.op}), an argument of ${name}, is another builder's`);
  }

  /** The node itself, or a simpler one that is equal. */
  private make(value: Omit<Node, 'id'>): Node {
    const { op, args, attrs, type, axes, signature, scope, span } = value;
    const simpler = simplify(this, op, args, attrs, type);
    if (
      simpler &&
      simpler.type.dtype === type.dtype &&
      sameShape(simpler.type.shape, type.shape) &&
      sameAxes(simpler.axes, axes)
    ) {
      this.table.set(signature, args, simpler);
      return simpler;
    }
    const node: Node = { id: this.own.length, op, args, attrs, type, axes, signature, scope, span };
    this.table.set(signature, args, node);
    this.own.push(node);
    return node;
  }

  // Constants and leaves.
  constant(value: number | readonly number[], shape: readonly Dim[], dtype: DType = 'float32'): Node {
    return this.op('constant', [], { value, shape, dtype });
  }
  scalar(value: number, dtype: DType = 'float32'): Node {
    return this.constant(value, [], dtype);
  }
  zeros(type: TensorType): Node {
    return this.constant(0, type.shape, type.dtype);
  }
  zerosLike(x: Node): Node {
    return this.zeros(x.type);
  }
  onesLike(x: Node): Node {
    return this.constant(1, x.type.shape, x.type.dtype);
  }
  input(name: string, shape: readonly Dim[], dtype: DType = 'float32', place?: Place): Node {
    return this.op('input', [], { name, shape, dtype }, place);
  }
  state(name: string, shape: readonly Dim[], dtype: DType = 'float32', place?: Place): Node {
    return this.op('state', [], { name, shape, dtype }, place);
  }

  // Elementwise.
  neg(x: Node): Node {
    return this.op('neg', [x]);
  }
  exp(x: Node): Node {
    return this.op('exp', [x]);
  }
  log(x: Node): Node {
    return this.op('log', [x]);
  }
  sqrt(x: Node): Node {
    return this.op('sqrt', [x]);
  }
  rsqrt(x: Node): Node {
    return this.op('rsqrt', [x]);
  }
  square(x: Node): Node {
    return this.op('square', [x]);
  }
  reciprocal(x: Node): Node {
    return this.op('reciprocal', [x]);
  }
  add(x: Node, y: Node): Node {
    return this.op('add', [x, y]);
  }
  sub(x: Node, y: Node): Node {
    return this.op('sub', [x, y]);
  }
  mul(x: Node, y: Node): Node {
    return this.op('mul', [x, y]);
  }
  div(x: Node, y: Node): Node {
    return this.op('div', [x, y]);
  }
  /** x times a number, in x's element type. */
  scale(x: Node, factor: number): Node {
    return this.mul(x, this.scalar(factor, x.type.dtype));
  }
  pow(x: Node, y: Node): Node {
    return this.op('pow', [x, y]);
  }
  maximum(x: Node, y: Node): Node {
    return this.op('maximum', [x, y]);
  }
  minimum(x: Node, y: Node): Node {
    return this.op('minimum', [x, y]);
  }
  where(condition: Node, x: Node, y: Node): Node {
    return this.op('where', [condition, x, y]);
  }
  cast(x: Node, dtype: DType): Node {
    return this.op('cast', [x], { dtype });
  }
  /** A comparison as 0 or 1 in the element type of `like`. */
  mask(name: 'greater' | 'greater_equal' | 'less' | 'less_equal' | 'equal', x: Node, y: Node, like: Node): Node {
    return this.cast(this.op(name, [x, y]), like.type.dtype);
  }

  // Reductions; negative axes count from the end, no axes means all.
  reduce(
    name: 'reduce_sum' | 'reduce_mean' | 'reduce_max' | 'reduce_min' | 'variance' | 'logsumexp',
    x: Node,
    axes?: readonly number[],
    keepdims = false,
  ): Node {
    const rank = x.type.shape.length;
    const all = axes?.map((a) => (a < 0 ? a + rank : a)) ?? x.type.shape.map((_, i) => i);
    return this.op(name, [x], { axes: [...new Set(all)].sort((a, b) => a - b), keepdims });
  }
  sum(x: Node, axes?: readonly number[], keepdims = false): Node {
    return this.reduce('reduce_sum', x, axes, keepdims);
  }
  mean(x: Node, axes?: readonly number[], keepdims = false): Node {
    return this.reduce('reduce_mean', x, axes, keepdims);
  }

  // Shape.
  reshape(x: Node, shape: readonly Dim[]): Node {
    if (sameShape(x.type.shape, shape)) return x;
    return this.op('reshape', [x], { shape });
  }
  transpose(x: Node, perm: readonly number[]): Node {
    if (perm.length === x.type.shape.length && perm.every((p, i) => p === i)) return x;
    return this.op('transpose', [x], { perm });
  }
  broadcastTo(x: Node, shape: readonly Dim[]): Node {
    if (sameShape(x.type.shape, shape)) return x;
    return this.op('broadcast_to', [x], { shape });
  }
  slice(x: Node, begin: readonly Dim[], size: readonly Dim[], strides: readonly number[] = begin.map(() => 1)): Node {
    return this.op('slice', [x], { begin, size, strides });
  }
  pad(
    x: Node,
    before: readonly number[],
    after: readonly number[],
    interior: readonly number[] = before.map(() => 0),
  ): Node {
    return this.op('pad', [x], { before, after, interior });
  }
  concat(xs: readonly Node[], axis: number): Node {
    const rank = xs[0]?.type.shape.length ?? 0;
    return this.op('concat', xs, { axis: axis < 0 ? axis + rank : axis });
  }

  // Products and indexing.
  contract(
    x: Node,
    y: Node,
    over: readonly [readonly number[], readonly number[]],
    batch: readonly [readonly number[], readonly number[]] = [[], []],
  ): Node {
    return this.op('contract', [x, y], { batch, over });
  }
  gather(x: Node, index: Node, axis: number, batchDims = 0): Node {
    return this.op('gather', [x, index], { axis, batchDims });
  }
  stop(x: Node): Node {
    return this.op('stop_gradient', [x]);
  }
}

function sameType(a: TensorType, b: TensorType): boolean {
  return a === b || (a.dtype === b.dtype && sameShape(a.shape, b.shape));
}

function sameAxes(a: readonly Axis[], b: readonly Axis[]): boolean {
  return a === b || (a.length === b.length && a.every((x, i) => x.id === b[i]!.id));
}
