/** The ONNX target: a frozen representation as a graph of opset 17, from the op table. */
import { EbmcError, report } from '../../../diagnostics/index.js';
import type { Frozen, Weights } from '../../freeze/index.js';
import { type OnnxContext, ops } from '../../graph/ops/index.js';
import { scheduleGraph } from '../../graph/schedule.js';
import type { Graph, Node } from '../../graph/types.js';
import { type OnnxGraph, OnnxGraphBuilder, type OnnxValue } from './graph.js';

export const opset = 17;

/** Throws EBM5050 at an operation that has no lowering to ONNX. */
export function emitOnnx({ graph, weights }: Pick<Frozen, 'graph' | 'weights'>): OnnxGraph {
  const to = new OnnxGraphBuilder();
  const inputs = graph.inputs.map(describedValue);
  for (const name of [...inputs.map((input) => input.name), ...Object.keys(graph.outputs)]) to.reserve(name);
  const named = lowerGraph(to, graph, weights);
  const outputs = Object.entries(graph.outputs).map(([name, node]) => {
    to.add('Identity', [named(node)], [name]);
    return { ...describedValue(node), name };
  });
  return { nodes: to.nodes, constants: to.constants, inputs, outputs };
}

function describedValue({ attrs, type }: Node): OnnxValue {
  return { name: String(attrs['name']), type: type.dtype, shape: type.shape.map(Number) };
}

function lowerGraph(to: OnnxGraphBuilder, graph: Graph, weights: Weights): (node: Node) => string {
  const names = new Map<Node, string>();
  const named = (node: Node): string => names.get(node)!;
  for (const node of scheduleGraph(graph)) names.set(node, lowerNode(to, node, weights, named));
  return named;
}

function lowerNode(to: OnnxGraphBuilder, node: Node, weights: Weights, named: (node: Node) => string): string {
  const { op, args, attrs, type, scope, span } = node;
  if (op === 'input') return String(attrs['name']);
  if (op === 'state') {
    const name = String(attrs['name']);
    const { shape, data } = weights.get(name)!;
    return to.weight(name, { type: type.dtype, shape, data });
  }
  const lower = ops[op].onnx;
  if (lower === undefined) throw new EbmcError([report('EBM5050', { op, scope, format: 'ONNX' }, { span })]);
  const context: OnnxContext = {
    args: args.map(named),
    argTypes: args.map((arg) => arg.type),
    type,
    op: (name, inputs, attributes = {}, results = 1) =>
      to.share(scope === '' ? name : `${scope}/${name}`, name, inputs, attributes, results),
    ints: (values) => to.constant(values, [values.length], 'int64'),
    constant: (value, shape, dtype) => to.constant(value, shape, dtype),
  };
  return lower(context, attrs);
}
