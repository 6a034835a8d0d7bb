/** The order in which a graph's operations run. */
import type { Graph, Node } from './types.js';

/** The nodes that `roots` need, arguments before their users; among those that may come next, the one reached first. */
export function topological(roots: Iterable<Node>): readonly Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // A stack of nodes with how many of their arguments were visited: deep graphs overflow a recursive walk.
  const stack: { readonly node: Node; next: number }[] = [];
  for (const root of roots) {
    if (seen.has(root)) continue;
    seen.add(root);
    stack.push({ node: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const arg = top.node.args[top.next++];
      if (arg === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(arg)) {
        seen.add(arg);
        stack.push({ node: arg, next: 0 });
      }
    }
  }
  return order;
}

/** What a graph computes: its outputs, then the new values of its states. */
export function rootsOf(graph: Graph): readonly Node[] {
  return [...Object.values(graph.outputs), ...Object.values(graph.updates)];
}

/**
 * A graph's operations in the order to run them. Nodes are numbered as they were made, arguments first, so that order is
 * kept: the forward pass as written, then the gradients.
 */
export function scheduleGraph(graph: Graph): readonly Node[] {
  const order = topological([...graph.inputs, ...rootsOf(graph)]);
  const numbered = order.every((node) => node.args.every((arg) => arg.id < node.id));
  return numbered ? [...order].sort((a, b) => a.id - b.id) : order;
}
