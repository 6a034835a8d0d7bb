/** The reference target: runs graphs in float64, by each operation's own definition. */

import { showShape } from '../../graph/dim.js';
import { ops } from '../../graph/ops/index.js';
import type { NdArray } from '../../graph/ops/op.js';
import { staticShape } from '../../graph/ops/shapes.js';
import type { Draws } from '../../graph/random.js';
import { rootsOf, topological } from '../../graph/schedule.js';
import type { Graph, Node } from '../../graph/types.js';

type Values = Readonly<Record<string, NdArray>>;

export interface Evaluation {
  readonly outputs: Values;
  readonly updates: Values;
}

function checkGiven(node: Node, value: NdArray): NdArray {
  const shape = staticShape(node.type.shape);
  if (value.shape.length !== shape.length || value.shape.some((d, i) => d !== shape[i]))
    throw new Error(
      `${node.op} ${String(node.attrs['name'])} is ${showShape(shape)} and was given ${showShape(value.shape)}`,
    );
  return value;
}

/**
 * The values of nodes. `env` gives those of inputs, states and any other node that is known; intermediate values are
 * dropped after their last use.
 */
export function evaluateNodes(nodes: readonly Node[], env: ReadonlyMap<Node, NdArray>, draws?: Draws): NdArray[] {
  return evaluator(nodes, env)(env, draws);
}

interface Known {
  readonly size: number;
  has(node: Node): boolean;
}

/** For nodes that are evaluated often: `evaluateNodes` of them, where the same nodes are known each time. */
export function evaluator(
  nodes: readonly Node[],
  known: Known,
): (env: ReadonlyMap<Node, NdArray>, draws?: Draws) => NdArray[] {
  const order = topologicalFrom(nodes, known);
  const kept = new Set(nodes);
  const lastUse = new Map<Node, number>();
  for (const [i, node] of order.entries()) for (const arg of node.args) if (!kept.has(arg)) lastUse.set(arg, i);
  const dying: Node[][] = order.map(() => []);
  for (const [node, i] of lastUse) dying[i]!.push(node);
  return (env, draws) => {
    const values = new Map<Node, NdArray>();
    const known = (node: Node): NdArray => (values.get(node) ?? env.get(node))!;
    for (const [i, node] of order.entries()) {
      const definition = ops[node.op].evaluate;
      if (!definition)
        throw new Error(`no value is given for %${node.id} (${node.op} ${String(node.attrs['name'] ?? '')})`);
      values.set(node, definition(node.args.map(known), node.attrs, node.type, draws));
      for (const arg of dying[i]!) values.delete(arg);
    }
    return nodes.map(known);
  };
}

/** The nodes to compute, in order: those known are neither computed nor looked into. */
function topologicalFrom(nodes: readonly Node[], env: Known): readonly Node[] {
  const order = topological(nodes);
  if (env.size === 0) return order;
  const needed = new Set<Node>(nodes.filter((n) => !env.has(n)));
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    if (needed.has(node)) for (const arg of node.args) if (!env.has(arg)) needed.add(arg);
  }
  return order.filter((node) => needed.has(node));
}

/** One call of a graph. */
export function evaluateGraph(graph: Graph, inputs: Values, states: Values, draws: Draws): Evaluation {
  const roots = rootsOf(graph);
  const env = new Map<Node, NdArray>();
  for (const node of topological([...graph.inputs, ...roots])) {
    if (node.op !== 'input' && node.op !== 'state') continue;
    const name = String(node.attrs['name']);
    const value = (node.op === 'input' ? inputs : states)[name];
    if (value) env.set(node, checkGiven(node, value));
    else if (node.op === 'state' || !graph.inputs.includes(node))
      throw new Error(`no value is given for ${node.op} ${name}`);
  }
  const values = evaluateNodes(roots, env, draws);
  const names = Object.keys(graph.outputs);
  const named = (keys: readonly string[], from: number) =>
    Object.fromEntries(keys.map((key, i) => [key, values[from + i]!]));
  return { outputs: named(names, 0), updates: named(Object.keys(graph.updates), names.length) };
}
