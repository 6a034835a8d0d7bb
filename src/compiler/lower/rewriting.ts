import type { Builder } from '../graph/builder.js';
import { topological } from '../graph/schedule.js';
import type { Axis, Node } from '../graph/types.js';

export function sorted(axes: readonly Axis[]): Axis[] {
  return [...axes].sort((a, b) => a.id - b.id);
}

/** Rebuilds typed nodes with some replaced; axes follow the arguments'. */
export class Rewriting {
  private readonly replacements = new Map<Node, Node>();
  private done = new Map<Node, Node>();

  constructor(private readonly b: Builder) {}

  replace(node: Node, by: Node): void {
    this.replacements.set(node, by);
    this.done = new Map();
  }

  rewrite(root: Node): Node {
    for (const node of topological([root])) {
      if (this.done.has(node)) continue;
      const replacement = this.replacements.get(node);
      if (replacement) {
        this.done.set(node, replacement);
        continue;
      }
      const args = node.args.map((arg) => this.done.get(arg) ?? arg);
      const rebuilt = args.every((arg, k) => arg === node.args[k]) ? node : this.rebuild(node, args);
      // A node made by an earlier replacement may be replaced itself.
      this.done.set(node, this.replacements.get(rebuilt) ?? rebuilt);
    }
    return this.done.get(root)!;
  }

  private rebuild(node: Node, args: readonly Node[]): Node {
    const before = unionOf(node.args);
    const added = node.axes.filter((a) => !before.some((x) => x.id === a.id));
    const removed = before.filter((a) => !node.axes.some((x) => x.id === a.id));
    const axes = unionOf(args).filter((a) => !removed.some((x) => x.id === a.id));
    const place = {
      scope: node.scope,
      span: node.span,
      axes: sorted([...axes, ...added.filter((a) => !axes.some((x) => x.id === a.id))]),
    };
    return this.b.op(node.op, args, node.attrs, place);
  }
}

function unionOf(nodes: readonly Node[]): Axis[] {
  const byId = new Map<number, Axis>();
  for (const node of nodes) for (const axis of node.axes) byId.set(axis.id, axis);
  return [...byId.values()];
}
