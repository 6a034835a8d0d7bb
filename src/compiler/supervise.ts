/**
 * A model that learns the labels by the encoder of another: what self-supervised ones are compared with, and what fine-tunes them.
 * In: a typed model and its label field. Out: a model of the same encoder, seen through the same first view, with a linear head on the representation and the
 * cross-entropy of the label as its one term. It guarantees that states which both models have bear the same names and shapes, so that those of one can be written into the other.
 */

import type { TypedState } from './check/elaborator.js';
import type { TypedInput, TypedModel } from './check/typed-model.js';
import type { Builder } from './graph/builder.js';
import { countOf } from './graph/ndarray.js';
import { topological } from './graph/schedule.js';
import type { Node } from './graph/types.js';

export interface SupervisedLabel {
  /** The data set's field, `Class[classes]`. */
  readonly name: string;
  readonly classes: number;
}

/** The instance that the head's states belong to. */
export const headName = 'label_head';

/**
 * Its representation is the head's logits, one a class: the class that it gives an example is the largest. The head starts at zero. Undefined where the representation
 * reads no parameters, or cannot be computed in training.
 */
export function superviseModel(model: TypedModel, label: SupervisedLabel): TypedModel | undefined {
  const trained = model.trainingRepresentation();
  if (!trained) return undefined;
  const { builder: b } = model;
  const dimensions = countOf(trained.type.shape.map(Number));
  const head = headStates(b, dimensions, label.classes);
  const input = model.inputs.find(({ name }) => name === label.name) ?? labelInput(model, label);
  const logits = (z: Node): Node => {
    const [weight, bias] = head.map(({ name, type }) => b.state(name, type.shape)) as [Node, Node];
    return b.add(b.contract(b.reshape(z, [dimensions]), weight, [[0], [0]]), bias);
  };
  const scores = logits(trained);
  // -log softmax(scores)[label], as `token_cross_entropy` of std.energies.
  const term = b.sub(b.reduce('logsumexp', scores), b.gather(scores, input.node, 0));
  const representation = logits(model.representation);
  const needed = statesOf([term, representation]);
  const states = [...model.states.filter(({ name }) => needed.has(name)), ...head];
  if (!model.states.some(({ name, role }) => role === 'parameter' && needed.has(name))) return undefined;
  const read = new Set(topological([term, representation]));
  return {
    ...model,
    name: `${model.name}_supervised`,
    inputs: [...model.inputs.filter(({ node }) => node !== input.node && read.has(node)), input],
    terms: [{ name: 'supervised', node: term, group: 0, span: model.span }],
    groups: [{ over: undefined, span: model.span }],
    updates: [],
    epochUpdates: [],
    gathered: [],
    representation,
    viewRepresentations: undefined,
    energies: [],
    pairs: undefined,
    states,
    encoders: model.encoders.filter(({ name }) => states.some((state) => state.name.startsWith(`${name}/`))),
  };
}

function headStates(b: Builder, dimensions: number, classes: number): readonly TypedState[] {
  const shapes = { weight: [dimensions, classes], bias: [classes] };
  return Object.entries(shapes).map(([name, shape]) => ({
    name: `${headName}/${name}`,
    role: 'parameter',
    type: { dtype: 'float32', shape },
    initial: b.zeros({ dtype: 'float32', shape }),
  }));
}

function labelInput({ builder, exampleAxis, span }: TypedModel, { name, classes }: SupervisedLabel): TypedInput {
  const attrs = { name, shape: [], dtype: 'int32' } as const;
  const node = builder.op('input', [], attrs, { scope: name, span, axes: [exampleAxis] });
  return { name, type: { dtype: 'int32', shape: [] }, below: classes, declared: `Class[${classes}]`, node, span };
}

/** Those that are read, and the moving averages that training keeps. */
function statesOf(roots: readonly Node[]): ReadonlySet<string> {
  const kept = topological(roots).filter(({ op }) => op === 'state' || op === 'running');
  return new Set(kept.map(({ attrs }) => String(attrs['name'])));
}
