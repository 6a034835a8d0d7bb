/** A graph as readable text, one operation a line: `%12: float32[128, 64] = contract %3 %7 {over: [[1], [0]]}  // f/linear_1`. */
import { type Dim, showDim, showShape } from './dim.js';
import { scheduleGraph } from './schedule.js';
import type { Attrs, AttrValue, Axis, Graph, Node, Program, TensorType } from './types.js';

export function printType({ dtype, shape }: TensorType): string {
  return `${dtype}${showShape(shape)}`;
}

function printValue(value: AttrValue | readonly AttrValue[]): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) {
    const list = value as readonly AttrValue[];
    const shown = list.slice(0, 8).map(printValue);
    return `[${shown.join(', ')}${list.length > 8 ? `, … ${list.length} in all` : ''}]`;
  }
  return 'kind' in value ? printAxis(value as Axis) : showDim(value as Dim);
}

export function printAxis({ id, kind, size }: Axis): string {
  return `${kind}${id}:${showDim(size)}`;
}

/** Attributes that the type already shows are left out. */
function printAttrs(attrs: Attrs): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(attrs))
    if (key !== 'shape' && key !== 'dtype') parts.push(`${key}: ${printValue(value)}`);
  return parts.length > 0 ? ` {${parts.join(', ')}}` : '';
}

export function printNode(node: Node): string {
  const axes = node.axes.length > 0 ? `⟨${node.axes.map(printAxis).join(', ')}⟩` : '';
  const args = node.args.map((a) => ` %${a.id}`).join('');
  const scope = node.scope ? `  // ${node.scope}` : '';
  return `%${node.id}: ${axes}${printType(node.type)} = ${node.op}${args}${printAttrs(node.attrs)}${scope}`;
}

export function printGraph(graph: Graph): string {
  const lines = [`graph ${graph.name} {`];
  for (const node of scheduleGraph(graph)) lines.push(`  ${printNode(node)}`);
  for (const [name, node] of Object.entries(graph.outputs)) lines.push(`  output ${name} = %${node.id}`);
  for (const [name, node] of Object.entries(graph.updates)) lines.push(`  update ${name} = %${node.id}`);
  return [...lines, '}', ''].join('\n');
}

/** Every graph of a program. */
export function printProgram({
  init,
  step,
  epoch,
  represent,
  representViews,
  pairEnergies,
  energies,
}: Program): string {
  const between = epoch ? [...(epoch.gather ? [epoch.gather] : []), epoch.update] : [];
  const views = representViews ? [representViews] : [];
  const pairs = pairEnergies ? [pairEnergies] : [];
  return [init, step, ...between, represent, ...views, ...pairs, ...Object.values(energies)].map(printGraph).join('\n');
}
