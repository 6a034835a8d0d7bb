// In: a graph and the values of its states.
// Out: the graph with what depends on no input replaced by states of its own, and the values of all that it still reads.
// Guarantee: the same function; nothing is stored that has a dimension of the batch, or is much larger than what it is made of.
import { Builder } from '../graph/builder.js';
import { countOf } from '../graph/ndarray.js';
import { type NdArray, ops } from '../graph/ops/index.js';
import { rootsOf, scheduleGraph } from '../graph/schedule.js';
import type { Graph, Node } from '../graph/types.js';
import { evaluateNodes } from '../targets/reference/index.js';
import type { Weight, Weights } from './weights.js';

/** Elements of a value that is stored however small its arguments are: the table of positions of a transformer, say. */
const always = 1 << 16;

/** `batch`: a size by which values of a batch are known, where they are not to be stored. */
export function foldWeights(
  graph: Graph,
  states: Weights,
  batch: number | undefined,
): { graph: Graph; weights: Weights } {
  const order = scheduleGraph(graph);
  const fixed = fixedNodes(order);
  const folded = chooseFolded(graph, fixed, batch);
  const env = new Map<Node, NdArray>();
  for (const node of order) if (node.op === 'state') env.set(node, toNdArray(given(states, node)));
  const values = evaluateNodes([...folded], env);
  const weights = new Map<string, Weight>();
  const b = new Builder(order);
  const now = new Map<Node, Node>();
  [...folded].forEach((node, i) => {
    const name = freshName(`${node.scope === '' ? '' : `${node.scope}/`}${node.op}`, weights, states);
    const { shape, data } = values[i]!;
    weights.set(name, { shape, data: node.type.dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data) });
    now.set(node, b.state(name, node.type.shape, node.type.dtype, { scope: node.scope, span: node.span }));
  });
  const outputs = Object.values(graph.outputs);
  for (const node of neededFrom(outputs, order, folded)) {
    if (now.has(node)) continue;
    if (node.op === 'state') weights.set(String(node.attrs['name']), given(states, node));
    const args = node.args.map((arg) => now.get(arg)!);
    now.set(node, args.every((arg, i) => arg === node.args[i]) ? node : b.again(node, args, node));
  }
  const changed = Object.entries(graph.outputs).map(([name, node]) => [name, now.get(node)!] as const);
  return {
    graph: { name: graph.name, inputs: graph.inputs, outputs: Object.fromEntries(changed), updates: {} },
    weights,
  };
}

/** Values that depend on no input. */
function fixedNodes(order: readonly Node[]): ReadonlySet<Node> {
  const fixed = new Set<Node>();
  for (const node of order) {
    const isLeaf = node.op === 'constant' || node.op === 'iota' || node.op === 'state';
    if (isLeaf || (node.args.length > 0 && ops[node.op].evaluate && node.args.every((arg) => fixed.has(arg))))
      fixed.add(node);
  }
  return fixed;
}

/** From the outputs down, the first of them on every way that are worth storing. */
function chooseFolded(graph: Graph, fixed: ReadonlySet<Node>, batch: number | undefined): ReadonlySet<Node> {
  const folded = new Set<Node>();
  const seen = new Set<Node>();
  const stack = [...rootsOf(graph)];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    if (fixed.has(node) && isWorthStoring(node, batch)) folded.add(node);
    else stack.push(...node.args);
  }
  return folded;
}

function isWorthStoring({ args, type }: Node, batch: number | undefined): boolean {
  if (args.length === 0 || type.dtype === 'bool') return false;
  const shape = type.shape.map(Number);
  if (batch !== undefined && shape.some((size) => size > 0 && size % batch === 0)) return false;
  const taken = args.reduce((sum, arg) => sum + countOf(arg.type.shape.map(Number)), 0);
  return countOf(shape) <= Math.max(always, taken);
}

function neededFrom(roots: readonly Node[], order: readonly Node[], known: ReadonlySet<Node>): readonly Node[] {
  const needed = new Set<Node>(roots);
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    if (needed.has(node) && !known.has(node)) for (const arg of node.args) needed.add(arg);
  }
  return order.filter((node) => needed.has(node));
}

function freshName(wanted: string, ...taken: readonly { has(name: string): boolean }[]): string {
  let name = wanted;
  for (let i = 2; taken.some((names) => names.has(name)); i++) name = `${wanted}_${i}`;
  return name;
}

function given(states: Weights, { attrs }: Node): Weight {
  const value = states.get(String(attrs['name']));
  if (value === undefined) throw new Error(`no value is given for the state ${String(attrs['name'])}`);
  return value;
}

function toNdArray({ shape, data }: Weight): NdArray {
  return { shape, data: Float64Array.from(data) };
}
