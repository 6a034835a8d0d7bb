/**
 * A trained representation as a function of its inputs alone.
 * In: a typed model, the values of its states, a number of examples. Out: a graph whose states are weights, with their values.
 * It guarantees: evaluation mode, no updates, no fused operations; what depends on no input is computed already.
 */
import { EbmcError, report } from '../../diagnostics/index.js';
import type { TypedModel } from '../check/typed-model.js';
import { topological } from '../graph/schedule.js';
import type { Graph, Node } from '../graph/types.js';
import { lowerRepresentation } from '../lower/index.js';
import { optimizeForward, optimizeGraph } from '../optimize/index.js';
import { isProbe } from '../targets/sizes.js';
import { foldWeights } from './fold.js';
import type { Weights } from './weights.js';

export type { Weight, Weights } from './weights.js';

export interface Frozen {
  readonly model: string;
  /** Examples that a call takes. */
  readonly batch: number;
  /** Inputs: the data fields that are read, `[batch, ...]`. Output: `representation`. Its `state` nodes are the weights. */
  readonly graph: Graph;
  readonly weights: Weights;
}

/** `batch` is one of `probeBatches` where another emission is to be compared. Throws EBM5050 where the representation draws random numbers. */
export function freeze(model: TypedModel, states: Weights, batch: number): Frozen {
  const graph = optimizeGraph(lowerRepresentation(model, batch, (b, nodes) => optimizeForward(b, nodes)));
  const order = topological(Object.values(graph.outputs));
  for (const { op, scope, span } of order)
    if (op.startsWith('random_')) throw new EbmcError([report('EBM5050', { op, scope, format: undefined }, { span })]);
  const folded = foldWeights(graph, states, isProbe(batch) ? batch : undefined);
  return { model: model.name, batch, ...folded };
}

/** The states that a representation reads, as they are: neither the optimizer's nor those of heads. */
export function statesOf(model: TypedModel, states: Weights): Weights {
  const graph = lowerRepresentation(model, model.batch, (_, nodes) => nodes);
  const read = new Set(topological(Object.values(graph.outputs)).flatMap((node) => stateName(node) ?? []));
  return new Map([...states].filter(([name]) => read.has(name)));
}

/** Whether an example's representation depends on the others of its batch, so that their number is part of its meaning. */
export function crossesExamples({ representation }: TypedModel): boolean {
  return topological([representation]).some(({ op }) => crossing.has(op));
}

const crossing: ReadonlySet<string> = new Set(['batch', 'batch_reduce', 'drop_self']);

function stateName(node: Node): string | undefined {
  return node.op === 'state' ? String(node.attrs['name']) : undefined;
}
