/** The order in which a graph's operations run. */
import type { Graph, Node } from './types.js';

/**
 * The nodes that `roots` need, arguments before their users; among those that may come next, the one reached first. Nodes that are
 * `known` are left out, with what only they need.
 */
export function topological(roots: Iterable<Node>, known: { has(node: Node): boolean } = new Set()): readonly Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // A stack of nodes with how many of their arguments were visited: deep graphs overflow a recursive walk.
  const stack: { readonly node: Node; next: number }[] = [];
  for (const root of roots) {
    if (seen.has(root) || known.has(root)) continue;
    seen.add(root);
    stack.push({ node: root, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const arg = top.node.args[top.next++];
      if (arg === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(arg) && !known.has(arg)) {
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

const schedules = new WeakMap<Graph, readonly Node[]>();

/**
 * A graph's operations in the order to run them. Nodes are numbered as they were made, arguments first, so that order is
 * kept: the forward pass as written, then the gradients.
 */
export function scheduleGraph(graph: Graph): readonly Node[] {
  let schedule = schedules.get(graph);
  if (schedule === undefined) {
    const order = topological([...graph.inputs, ...rootsOf(graph)]);
    const numbered = order.every((node) => node.args.every((arg) => arg.id < node.id));
    schedule = numbered ? [...order].sort((a, b) => a.id - b.id) : order;
    schedules.set(graph, schedule);
  }
  return schedule;
}

/** The graph, whose operations run in this order whatever their numbers are: arguments first. Others in it are left out. */
export function scheduled(graph: Graph, order: readonly Node[]): Graph {
  const needed = new Set<Node>([...graph.inputs, ...rootsOf(graph)]);
  const backwards: Node[] = [];
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    if (!needed.has(node)) continue;
    backwards.push(node);
    for (const arg of node.args) needed.add(arg);
  }
  schedules.set(graph, backwards.reverse());
  return graph;
}

/** The same graph with its nodes numbered as they run. */
export function renumbered(graph: Graph): Graph {
  const copies = new Map<Node, Node>();
  const now = (node: Node): Node => copies.get(node)!;
  for (const node of scheduleGraph(graph)) copies.set(node, { ...node, id: copies.size, args: node.args.map(now) });
  const result = mapGraph(graph, now);
  schedules.set(result, [...copies.values()]);
  return result;
}

export function mapGraph(graph: Graph, change: (node: Node) => Node): Graph {
  const all = (nodes: Readonly<Record<string, Node>>) =>
    Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, change(node)]));
  return {
    name: graph.name,
    inputs: graph.inputs.map(change),
    outputs: all(graph.outputs),
    updates: all(graph.updates),
  };
}
