/** Rebuilding values with some of their parts replaced. */
import type { Builder } from './builder.js';
import { topological } from './schedule.js';
import type { Graph, Node } from './types.js';

/**
 * `roots` with each node of `replacements` replaced, built with `b`; what does not change stays the same node where it is
 * `b`'s own. `rebuild` may make a node from its new arguments in its own way; undefined means as it was.
 */
export function substitute(
  b: Builder,
  roots: readonly Node[],
  replacements: ReadonlyMap<Node, Node>,
  rebuild?: (node: Node, args: readonly Node[]) => Node | undefined,
): readonly Node[] {
  const done = new Map<Node, Node>(replacements);
  for (const node of topological(roots)) {
    if (done.has(node)) continue;
    const args = node.args.map((a) => done.get(a)!);
    const own = rebuild?.(node, args);
    if (own) done.set(node, own);
    else if (b.owns(node) && args.every((a, i) => a === node.args[i])) done.set(node, node);
    else done.set(node, b.again(node, args, node));
  }
  return roots.map((root) => done.get(root)!);
}

/** A graph rebuilt the same way; its inputs are those of the old one, or what replaced them. */
export function substituteGraph(
  b: Builder,
  graph: Graph,
  replacements: ReadonlyMap<Node, Node>,
  rebuild?: (node: Node, args: readonly Node[]) => Node | undefined,
): Graph {
  const outputs = Object.entries(graph.outputs);
  const updates = Object.entries(graph.updates);
  const roots = [...graph.inputs, ...outputs.map(([, n]) => n), ...updates.map(([, n]) => n)];
  const result = substitute(b, roots, replacements, rebuild);
  const named = (entries: readonly (readonly [string, Node])[], from: number) =>
    Object.fromEntries(entries.map(([name], i) => [name, result[from + i]!]));
  const n = graph.inputs.length;
  return {
    name: graph.name,
    inputs: result.slice(0, n),
    outputs: named(outputs, n),
    updates: named(updates, n + outputs.length),
  };
}
