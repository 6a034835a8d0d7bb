// In: a graph, a builder, and rules that give an equal value for a node.
// Out: the graph rebuilt with that builder, each node replaced by what the rules make of it.
// Guarantee: nodes are made in the order in which the old graph ran, so the schedule stays as it was.
import type { Builder } from '../graph/builder.js';
import { rootsOf, scheduleGraph } from '../graph/schedule.js';
import type { Graph, Node } from '../graph/types.js';

export interface Rule {
  /** The equation, for people. */
  readonly name: string;
  /** An equal value for `node`, whose arguments were rewritten already; undefined where the rule does not apply. */
  apply(b: Builder, node: Node, around: Surroundings): Node | undefined;
}

export interface Surroundings {
  /** Whether a value has more than one user, so that it is computed whatever becomes of one of them. */
  isShared(node: Node): boolean;
}

export function rewriteGraph(b: Builder, graph: Graph, rules: readonly Rule[]): Graph {
  const uses = countUses(graph);
  // New values with how often the old ones that they stand for were used.
  const newUses = new Map<Node, number>();
  const around: Surroundings = { isShared: (node) => (newUses.get(node) ?? 0) > 1 };
  const rewritten = new Map<Node, Node>();
  const now = (node: Node): Node => rewritten.get(node) as Node;
  const { place } = b;
  for (const node of scheduleGraph(graph)) {
    b.place = { scope: node.scope, span: node.span };
    const result = applyRules(b, rebuild(b, node, node.args.map(now)), rules, around);
    rewritten.set(node, result);
    newUses.set(result, (newUses.get(result) ?? 0) + (uses.get(node) ?? 0));
  }
  b.place = place;
  const all = (nodes: Readonly<Record<string, Node>>) =>
    Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, now(node)]));
  return { name: graph.name, inputs: graph.inputs.map(now), outputs: all(graph.outputs), updates: all(graph.updates) };
}

function rebuild(b: Builder, node: Node, args: readonly Node[]): Node {
  if (b.owns(node) && args.every((arg, i) => arg === node.args[i])) return node;
  return b.op(node.op, args, node.attrs, { axes: node.axes });
}

/** Applies rules until none does; each makes the graph smaller, the bound is for rules that undo each other. */
function applyRules(b: Builder, node: Node, rules: readonly Rule[], around: Surroundings): Node {
  let current = node;
  for (let i = 0; i < 20; i++) {
    const next = firstResult(b, current, rules, around);
    if (next === undefined || next === current) return current;
    current = next;
  }
  return current;
}

function firstResult(b: Builder, node: Node, rules: readonly Rule[], around: Surroundings): Node | undefined {
  for (const rule of rules) {
    const result = rule.apply(b, node, around);
    if (result !== undefined) return result;
  }
  return undefined;
}

function countUses(graph: Graph): ReadonlyMap<Node, number> {
  const uses = new Map<Node, number>();
  const use = (node: Node): void => {
    uses.set(node, (uses.get(node) ?? 0) + 1);
  };
  for (const node of scheduleGraph(graph)) node.args.forEach(use);
  rootsOf(graph).forEach(use);
  return uses;
}
