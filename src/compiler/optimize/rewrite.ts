// In: a graph, a builder, and rules that give an equal value for a node.
// Out: the graph rebuilt with that builder, each node replaced by what the rules make of it.
// Guarantee: a value runs where the one that it replaces ran, so the schedule stays as it was.
import type { Builder } from '../graph/builder.js';
import type { OpName } from '../graph/ops/index.js';
import { mapGraph, rootsOf, scheduled, scheduleGraph } from '../graph/schedule.js';
import type { Graph, Node } from '../graph/types.js';

export interface Rule {
  /** The equation, for people. */
  readonly name: string;
  /** The operations that it may apply to; it is not asked about others. */
  readonly ops: readonly OpName[];
  /** An equal value for `node`, whose arguments were rewritten already; undefined where the rule does not apply. */
  apply(b: Builder, node: Node, around: Surroundings): Node | undefined;
}

export interface Surroundings {
  /** Whether a value has more than one user, so that it is computed whatever becomes of one of them. */
  isShared(node: Node): boolean;
}

export function rewriteGraph(b: Builder, graph: Graph, rules: readonly Rule[]): Graph {
  const schedule = scheduleGraph(graph);
  const rulesOf = byOperation(rules);
  // Only what changes: most passes leave most of a graph alone.
  const rewritten = new Map<Node, Node>();
  const uses = new Uses(graph, rewritten);
  let order: Set<Node> | undefined;
  const { place } = b;
  for (const [i, node] of schedule.entries()) {
    if (rewritten.size === 0 && !rulesOf.has(node.op) && b.owns(node)) continue;
    b.place = node;
    const result = applyRules(b, rebuild(b, node, rewritten), rulesOf, uses);
    if (result === node) order?.add(node);
    else {
      order ??= new Set(schedule.slice(0, i));
      rewritten.set(node, result);
      uses.move(node, result);
      append(order, result);
    }
  }
  b.place = place;
  const now = (node: Node): Node => rewritten.get(node) ?? node;
  return order === undefined ? graph : scheduled(mapGraph(graph, now), [...order]);
}

type Rules = ReadonlyMap<OpName, readonly Rule[]>;

function byOperation(rules: readonly Rule[]): Rules {
  const byOp = new Map<OpName, Rule[]>();
  for (const rule of rules) for (const op of rule.ops) byOp.set(op, [...(byOp.get(op) ?? []), rule]);
  return byOp;
}

/** How often values are used, counted where a rule asks: a new one is used as often as the old ones that it stands for. */
class Uses implements Surroundings {
  private counts: ReadonlyMap<Node, number> | undefined;
  private readonly standsFor = new Map<Node, Node[]>();

  constructor(
    private readonly graph: Graph,
    private readonly rewritten: ReadonlyMap<Node, Node>,
  ) {}

  move(old: Node, by: Node): void {
    const others = this.standsFor.get(by);
    if (others) others.push(old);
    else this.standsFor.set(by, [old]);
  }

  isShared(node: Node): boolean {
    this.counts ??= countUses(this.graph);
    let count = this.rewritten.has(node) ? 0 : (this.counts.get(node) ?? 0);
    for (const old of this.standsFor.get(node) ?? []) count += this.counts.get(old) ?? 0;
    return count > 1;
  }
}

/** Puts a value, behind what it needs that is not there yet, at the end. */
function append(order: Set<Node>, node: Node): void {
  if (order.has(node)) return;
  for (const arg of node.args) append(order, arg);
  order.add(node);
}

function rebuild(b: Builder, node: Node, rewritten: ReadonlyMap<Node, Node>): Node {
  let args: Node[] | undefined;
  for (let i = 0; i < node.args.length; i++) {
    const now = rewritten.get(node.args[i]!);
    if (now === undefined) continue;
    args ??= [...node.args];
    args[i] = now;
  }
  return args === undefined && b.owns(node) ? node : b.again(node, args ?? node.args);
}

/** Applies rules until none does; each makes the graph smaller, the bound is for rules that undo each other. */
function applyRules(b: Builder, node: Node, rules: Rules, around: Surroundings): Node {
  let current = node;
  for (let i = 0; i < 20; i++) {
    const own = rules.get(current.op);
    const next = own && firstResult(b, current, own, around);
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
