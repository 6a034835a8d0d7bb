/** A frozen representation as operations of a TensorFlow graph: placeholders named as the data fields, weights as constants. */
import type { Frozen } from '../../freeze/index.js';
import type { Node, TensorType } from '../../graph/types.js';
import { dataType, GraphDef, type NodeDef, shapeProto } from './graph-def.js';
import { lowerGraph } from './lower.js';

/** A tensor for or from the caller. A size of -1 is free. */
export interface FrozenTensor {
  readonly name: string;
  /** The operation that gives it. */
  readonly node: string;
  readonly dtype: TensorType['dtype'];
  readonly shape: readonly number[];
}

export interface FrozenGraph {
  readonly nodes: readonly NodeDef[];
  readonly inputs: readonly FrozenTensor[];
  readonly outputs: readonly FrozenTensor[];
}

export function emitFrozen({ graph, weights }: Pick<Frozen, 'graph' | 'weights'>): FrozenGraph {
  const to = new GraphDef();
  const inputs = graph.inputs.map((node) => {
    const name = String(node.attrs['name']);
    const shape = { shape: shapeProto(node.type.shape.map(Number)) };
    return tensor(name, to.add(name, 'Placeholder', [], { dtype: { type: dataType(node.type.dtype) }, shape }), node);
  });
  const placeholders = new Map(inputs.map(({ name, node }) => [name, node]));
  const constants = new Map<string, string>();
  const noDraws = (): never => {
    throw new Error('a frozen graph draws no numbers');
  };
  const tensorOf = lowerGraph(to, graph, 'represent', {
    input: ({ attrs }) => placeholders.get(String(attrs['name']))!,
    state(name) {
      const node = constants.get(name) ?? to.weight(`weights/${name}`, weights.get(name)!);
      constants.set(name, node);
      return node;
    },
    stepped: noDraws,
    rows: () => undefined,
    seed: noDraws,
    step: noDraws,
  });
  const outputs = Object.entries(graph.outputs).map(([name, node]) => {
    const T = { type: dataType(node.type.dtype) };
    return tensor(name, to.add(name, 'Identity', [tensorOf(node)], { T }), node);
  });
  return { nodes: to.nodes, inputs, outputs };
}

function tensor(name: string, node: string, { type }: Node): FrozenTensor {
  return { name, node, dtype: type.dtype, shape: type.shape.map(Number) };
}
