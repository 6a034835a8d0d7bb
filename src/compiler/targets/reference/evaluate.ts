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
  const order = topologicalFrom(nodes, env);
  const uses = new Map<Node, number>();
  for (const node of order) for (const arg of node.args) uses.set(arg, (uses.get(arg) ?? 0) + 1);
  for (const node of nodes) uses.set(node, (uses.get(node) ?? 0) + 1);
  const values = new Map<Node, NdArray>(env);
  for (const node of order) {
    const evaluate = ops[node.op].evaluate;
    if (!evaluate)
      throw new Error(`no value is given for %${node.id} (${node.op} ${String(node.attrs['name'] ?? '')})`);
    const args = node.args.map((arg) => values.get(arg)!);
    values.set(node, evaluate(args, node.attrs, node.type, draws));
    for (const arg of node.args) {
      const left = uses.get(arg)! - 1;
      uses.set(arg, left);
      if (left === 0) values.delete(arg);
    }
  }
  return nodes.map((node) => values.get(node)!);
}

/** The nodes to compute, in order: those known are neither computed nor looked into. */
function topologicalFrom(nodes: readonly Node[], env: ReadonlyMap<Node, NdArray>): readonly Node[] {
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
