/**
 * From the per-example program to a graph over whole batches.
 * In: typed nodes, whose `axes` say what they run over. Out: graph nodes with those axes as leading dimensions.
 * It guarantees: nothing is computed once an example that does not differ by example, and pairs are never made for what only one side needs.
 */

import { dimValue } from '../check/values.js';
import { gradients } from '../differentiate/index.js';
import type { Builder } from '../graph/builder.js';
import type { Dim } from '../graph/dim.js';
import { alignAxes, axisSizes, orderAxes } from '../graph/ops/batching.js';
import { ops } from '../graph/ops/index.js';
import type { Batched } from '../graph/ops/op.js';
import { topological } from '../graph/schedule.js';
import type { Attrs, AttrValue, Axis, Node } from '../graph/types.js';

/** A `running` statistic met while lowering: its value, whose moving average is kept under `name`. */
export interface RunningValue {
  readonly name: string;
  readonly decay: number;
  readonly value: Batched;
}

export class BatchLowering {
  readonly running: RunningValue[] = [];
  readonly inputs = new Map<string, Node>();
  private readonly done = new Map<Node, Batched>();
  private readonly axes = new Map<Axis, Axis>();

  constructor(
    readonly b: Builder,
    /** Examples in a batch. */
    readonly batch: number,
    /** Where only some of the examples are lowered: which axis runs over them, how many they are, and their numbers (int). */
    readonly some?: { readonly axis: number; readonly size: number; readonly rows: Node },
  ) {}

  /** Says what a typed node is in the graph, over these axes: it is not lowered. */
  give(node: Node, value: Node, axes: readonly Axis[]): void {
    this.done.set(node, { node: value, axes: this.concreteAxes(axes), rank: node.type.shape.length });
  }

  lower(root: Node): Batched {
    for (const node of topological([root], this.done)) this.done.set(node, this.lowerNode(node));
    return this.done.get(root)!;
  }

  /** The value with exactly these leading axes, repeated along those it does not depend on. */
  lowerOver(root: Node, axes: readonly Axis[]): Node {
    return alignAxes(this.b, this.lower(root), this.concreteAxes(axes), { broadcast: true });
  }

  private lowerNode(node: Node): Batched {
    const { b } = this;
    const args = node.args.map((arg) => this.done.get(arg)!);
    const rank = node.type.shape.length;
    const axes = this.concreteAxes(node.axes);
    const attrs = this.concreteAttrs(node.attrs);
    b.place = { scope: node.scope, span: node.span };
    switch (node.op) {
      case 'input': {
        const shape = [...axisSizes(axes), ...this.concreteShape(node.type.shape)];
        const input = b.op('input', [], { ...attrs, shape });
        this.inputs.set(String(node.attrs.name), input);
        return { node: input, axes, rank };
      }
      case 'random_uniform':
      case 'random_normal':
      case 'random_permutation': {
        const own = node.op === 'random_permutation' ? [] : this.concreteShape(node.type.shape);
        const at = axes.findIndex(({ id }) => id === this.some?.axis);
        // Draws are of the whole batch, so that some examples get those that they get among all.
        const sizes = axisSizes(axes).map((size, i) => (i === at ? this.batch : size));
        const draws = b.op(node.op, [], { ...attrs, shape: [...sizes, ...own] });
        return { node: this.some && at >= 0 ? b.gather(draws, this.some.rows, at) : draws, axes, rank };
      }
      case 'enter': {
        const axis = this.concreteAxis(node.attrs.axis as Axis);
        const [x] = args as [Batched];
        return { node: x.node, axes: [...x.axes, axis], rank };
      }
      case 'leave':
        return leave(b, args[0]!, this.concreteAxis(node.attrs.axis as Axis), axes, rank);
      case 'batch': {
        const all = leave(b, args[0]!, this.concreteAxis(node.attrs.axis as Axis), axes, rank);
        return { ...all, node: b.op('batch', [all.node], {}) };
      }
      case 'drop_self':
        return dropSelf(b, args[0]!, this.concreteAxis(node.attrs.axis as Axis), rank);
      case 'pin': {
        const [x] = args as [Batched];
        return { node: b.op('pin', [alignAxes(b, x, axes, { broadcast: true })], {}), axes, rank };
      }
      case 'grad': {
        const [value, at] = args as [Batched, Batched];
        const total = value.node.type.shape.length === 0 ? value.node : b.sum(value.node);
        return { ...at, node: gradients(b, total, [at.node])[0]! };
      }
      case 'running': {
        const [x] = args as [Batched];
        this.running.push({ name: String(node.attrs.name), decay: Number(node.attrs.decay), value: x });
        return x;
      }
      default:
        return this.lowerOperation(node, args, attrs, axes, rank);
    }
  }

  private lowerOperation(
    node: Node,
    args: readonly Batched[],
    attrs: Attrs,
    axes: readonly Axis[],
    rank: number,
  ): Batched {
    const { b } = this;
    const op = ops[node.op];
    if (typeof op.batching === 'function') return op.batching(b, args, attrs);
    if (op.batching === 'shift') {
      const [x] = args as [Batched];
      const n = x.axes.length;
      const shifted = n === 0 ? attrs : op.shift!(attrs, n, axisSizes(x.axes));
      return { node: b.op(node.op, [x.node], shifted), axes: x.axes, rank };
    }
    if (op.batching === 'elementwise') {
      const nodes = args.map((arg) => alignAxes(b, arg, axes, { rank }));
      return { node: b.op(node.op, nodes, attrs), axes, rank };
    }
    return {
      node: b.op(
        node.op,
        args.map((a) => a.node),
        attrs,
      ),
      axes: [],
      rank,
    };
  }

  private concreteAxis(axis: Axis): Axis {
    if (typeof axis.size === 'number') return axis;
    let concrete = this.axes.get(axis);
    if (!concrete) {
      const isPart = this.some !== undefined && axis.id === this.some.axis;
      concrete = { ...axis, size: isPart ? this.some.size : dimValue(axis.size, this.batch) };
      this.axes.set(axis, concrete);
    }
    return concrete;
  }

  private concreteAxes(axes: readonly Axis[]): Axis[] {
    return axes.map((axis) => this.concreteAxis(axis));
  }

  private concreteShape(shape: readonly Dim[]): number[] {
    return shape.map((dim) => dimValue(dim, this.batch));
  }

  private concreteAttrs(attrs: Attrs): Attrs {
    let result: Record<string, AttrValue> | undefined;
    for (const name in attrs) {
      const value = attrs[name] as AttrValue;
      if (Array.isArray(value) ? !value.some(isSymbolic) : !isSymbolic(value)) continue;
      result ??= { ...attrs };
      result[name] = Array.isArray(value)
        ? ((value as readonly (Dim | readonly number[])[]).map((v) =>
            isSymbolic(v) ? dimValue(v, this.batch) : v,
          ) as readonly number[])
        : dimValue(value as Dim, this.batch);
    }
    return result ?? attrs;
  }
}

function isSymbolic(value: unknown): value is Exclude<Dim, number> {
  return typeof value === 'object' && value !== null && 'terms' in value;
}

/** `axis` as the first own dimension. `axes` are those that stay. */
function leave(b: Builder, x: Batched, axis: Axis, axes: readonly Axis[], rank: number): Batched {
  if (x.axes.some((a) => a.id === axis.id)) {
    const ordered = orderAxes(b, x, [...x.axes.filter((a) => a.id !== axis.id), axis]);
    return { node: ordered.node, axes: ordered.axes.slice(0, -1), rank };
  }
  return { node: alignAxes(b, x, [...axes, axis], { broadcast: true }), axes, rank };
}

/** Takes the diagonal out of (example, all examples): flattened, every (n + 1)-th element is on it. */
function dropSelf(b: Builder, x: Batched, axis: Axis, rank: number): Batched {
  const n = Number(axis.size);
  const others = x.axes.filter((a) => a.id !== axis.id);
  const axes = [...others, axis];
  const node = alignAxes(b, x, axes, { broadcast: true });
  const outer = axisSizes(others);
  const own = node.type.shape.slice(axes.length + 1).map(Number);
  const k = outer.length;
  const flat = b.reshape(node, [...outer, n * n, ...own]);
  const whole = (shape: readonly Dim[]): { begin: number[]; size: number[]; strides: number[] } => ({
    begin: shape.map(() => 0),
    size: shape.map(Number),
    strides: shape.map(() => 1),
  });
  const first = whole(flat.type.shape);
  first.begin[k] = 1;
  first.size[k] = n * n - 1;
  const square = b.reshape(b.op('slice', [flat], first), [...outer, n - 1, n + 1, ...own]);
  const second = whole(square.type.shape);
  second.size[k + 1] = n;
  return { node: b.reshape(b.op('slice', [square], second), [...outer, n, n - 1, ...own]), axes, rank };
}
