/** A program as text that is equal exactly when the programs are: every attribute in full, no names of scopes. */
import { canonicalAttrs } from './builder.js';
import { printType } from './print.js';
import { scheduleGraph } from './schedule.js';
import type { Graph, Node, Program } from './types.js';

export function fingerprintProgram(program: Program): string {
  const { batch, states, init, step, represent, representViews, energies } = program;
  const views = representViews ? [representViews] : [];
  const graphs = [init, step, represent, ...views, ...Object.values(energies)].map(fingerprintGraph);
  return [
    `batch ${batch}`,
    ...states.map(({ name, role, type }) => `${name} ${role} ${printType(type)}`),
    ...graphs,
  ].join('\n');
}

function fingerprintGraph(graph: Graph): string {
  const numbers = new Map<Node, number>();
  const number = (node: Node): number => numbers.get(node)!;
  const lines = scheduleGraph(graph).map((node) => {
    numbers.set(node, numbers.size);
    return `${node.op} ${node.args.map(number).join(' ')} ${canonicalAttrs(node.attrs)} ${printType(node.type)}`;
  });
  const named = (nodes: Readonly<Record<string, Node>>): string =>
    Object.entries(nodes)
      .map(([name, node]) => `${name}=${number(node)}`)
      .join(' ');
  return [graph.name, ...lines, named(graph.outputs), named(graph.updates)].join('\n');
}
