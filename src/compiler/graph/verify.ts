/** The specification of a graph, checked after every pass in tests: returns the faults, none in a sound graph. */
import { sameShape, showShape } from './dim.js';
import { ops } from './ops/index.js';
import { printNode, printType } from './print.js';
import { scheduleGraph } from './schedule.js';
import type { Graph, Node, StateDecl } from './types.js';

/** Operations that lowering replaces: none may be left in a graph. */
const typedModelOnly = new Set<Node['op']>(['enter', 'leave', 'drop_self']);

function verifyNode(node: Node, fault: (sentence: string) => void): void {
  const op = ops[node.op];
  if (!op) {
    fault('is no operation of the table');
    return;
  }
  if (op.arity !== 'any' && op.arity !== node.args.length) {
    fault(`has ${node.args.length} arguments, not ${op.arity}`);
    return;
  }
  const type = op.infer(
    node.args.map((a) => a.type),
    node.attrs,
  );
  if (typeof type === 'string') fault(`does not fit: ${type}`);
  else if (type.dtype !== node.type.dtype || !sameShape(type.shape, node.type.shape))
    fault(`should be ${printType(type)}`);
  if (node.axes.length > 0) fault('runs over axes, which a graph has none of');
  if (node.type.shape.some((d) => typeof d !== 'number'))
    fault(`has a shape that is not numbers: ${showShape(node.type.shape)}`);
  else if (node.type.shape.some((d) => !Number.isInteger(d) || (d as number) < 0))
    fault(`has an impossible shape: ${showShape(node.type.shape)}`);
  if (typedModelOnly.has(node.op)) fault('is of the typed model, not of a graph');
  if (node.op === 'batch' && node.attrs['size'] !== undefined)
    fault('is of the typed model: in a graph it has no size');
  if (node.op === 'batch_reduce' && node.attrs['axes'] === undefined)
    fault('is of the typed model: in a graph it has axes');
}

/** `states`: the program's declarations; without them states are not checked. */
export function verify(graph: Graph, states?: readonly StateDecl[]): readonly string[] {
  const faults: string[] = [];
  const declared = new Map(states?.map((s) => [s.name, s]));
  const inputs = new Set(graph.inputs);
  const readStates = new Map<string, Node>();
  const seen = new Set<Node>();
  for (const node of scheduleGraph(graph)) {
    const fault = (sentence: string) => faults.push(`${graph.name}: ${printNode(node)} ${sentence}`);
    verifyNode(node, fault);
    for (const arg of node.args) if (!seen.has(arg)) fault(`runs before its argument %${arg.id}`);
    seen.add(node);
    if (node.op === 'input' && !inputs.has(node)) fault('is not among the inputs of the graph');
    if (node.op !== 'state') continue;
    const name = String(node.attrs['name']);
    const other = readStates.get(name);
    if (other && other !== node) fault(`reads state ${name} a second time, as another type`);
    readStates.set(name, node);
    const decl = declared.get(name);
    if (states && !decl) fault(`reads state ${name}, which is not declared`);
    if (decl && (decl.type.dtype !== node.type.dtype || !sameShape(decl.type.shape, node.type.shape)))
      fault(`reads state ${name}, which is ${printType(decl.type)}`);
  }
  const names = new Set<string>();
  for (const input of graph.inputs) {
    if (input.op !== 'input') faults.push(`${graph.name}: input ${printNode(input)} is not an input operation`);
    const name = String(input.attrs['name']);
    if (names.has(name)) faults.push(`${graph.name}: two inputs are named ${name}`);
    names.add(name);
  }
  for (const [name, node] of Object.entries(graph.updates)) {
    const decl = declared.get(name);
    if (states && !decl) faults.push(`${graph.name}: state ${name} is written and not declared`);
    if (decl && (decl.type.dtype !== node.type.dtype || !sameShape(decl.type.shape, node.type.shape)))
      faults.push(`${graph.name}: state ${name} is ${printType(decl.type)} and is given ${printNode(node)}`);
  }
  return faults;
}
