// In: a graph, a builder, and rules that give an equal value for a node.
// Out: the graph rebuilt with that builder, each node replaced by what the rules make of it.
// Guarantee: a value runs where the one that it replaces ran, so the schedule stays as it was.
import type { Builder } from '../graph/builder.js';
import { mapGraph, rootsOf, scheduled, scheduleGraph } from '../graph/schedule.js';
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
  const schedule = scheduleGraph(graph);
  const uses = countUses(graph, schedule);
  // New values with how often the old ones that they stand for were used.
  const newUses = new Map<Node, number>();
  const around: Surroundings = { isShared: (node) => (newUses.get(node) ?? 0) > 1 };
  // Only what changes: most passes leave most of a graph alone.
  const rewritten = new Map<Node, Node>();
  const now = (node: Node): Node => rewritten.get(node) ?? node;
  const order = new Set<Node>();
  const { place } = b;
  for (const node of schedule) {
    b.place = node;
    const result = applyRules(b, rebuild(b, node, rewritten), rules, around);
    if (result !== node) rewritten.set(node, result);
    newUses.set(result, (newUses.get(result) ?? 0) + (uses.get(node) ?? 0));
    append(order, result);
  }
  b.place = place;
  return rewritten.size === 0 ? graph : scheduled(mapGraph(graph, now), [...order]);
}

/** Puts a value, behind what it needs that is not there yet, at the end. */
function append(order: Set<Node>, node: Node): void {
  if (order.has(node)) return;
  for (const arg of node.args) append(order, arg);
  order.add(node);
}

function rebuild(b: Builder, node: Node, rewritten: ReadonlyMap<Node, Node>): Node {
  if (b.owns(node) && !node.args.some((arg) => rewritten.has(arg))) return node;
  const args = node.args.map((arg) => rewritten.get(arg) ?? arg);
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

function countUses(graph: Graph, schedule: readonly Node[]): ReadonlyMap<Node, number> {
  const uses = new Map<Node, number>();
  const use = (node: Node): void => {
    uses.set(node, (uses.get(node) ?? 0) + 1);
  };
  for (const node of schedule) node.args.forEach(use);
  rootsOf(graph).forEach(use);
  return uses;
}
