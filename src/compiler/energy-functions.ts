/**
 * A declared energy as a model of its own, whose representation is what is asked of it: its value with its slope, or what the objective gives
 * for its arguments. Any target runs it; the states are those of the model, so that a checkpoint fits.
 */
import type { TypedEnergy, TypedInput, TypedModel } from './check/typed-model.js';
import { sameShape } from './graph/dim.js';
import { topological } from './graph/schedule.js';
import { substitute } from './graph/substitute.js';
import { type Node, progressInput } from './graph/types.js';

export interface ArgumentPlace {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  /** Where its values begin in the representation. */
  readonly start: number;
  /** The data field that it can be as it is. */
  readonly field: string | undefined;
  /** Of whole numbers: what all are below, where that is known. */
  readonly below: number | undefined;
}

/** Data that the energy reads beside its arguments. */
export function dataReadBy(model: TypedModel, energy: TypedEnergy): readonly TypedInput[] {
  const read = new Set(topological([energy.node]));
  return model.inputs.filter(({ node }) => read.has(node) && !energy.parameters.some((p) => p.node === node));
}

/** How many numbers an energy is: one, or the scores that it is declared as, of prototypes for example. */
export function energyWidth({ node }: TypedEnergy): number {
  return sizeOf(node);
}

/**
 * Represents given arguments by the energy's numbers, or with `slope`, of an energy that is one number, by `[1 + n]`: the energy, then its gradient with
 * respect to that argument of n numbers.
 */
export function energyFunction(model: TypedModel, energy: TypedEnergy, slope?: number): TypedModel {
  const b = model.builder;
  const parameter = slope === undefined ? undefined : energy.parameters[slope];
  const data = dataReadBy(model, energy);
  const inputs = [...energy.parameters.map(({ name, node }) => inputOf(name, node, model)), ...data];
  if (!parameter) return asking(model, inputs, b.reshape(energy.node, [energyWidth(energy)]));
  const axes = [model.exampleAxis];
  const pinned = b.op('pin', [parameter.node], {}, { axes });
  const [value] = substitute(b, [energy.node], new Map([[parameter.node, pinned]])) as [Node];
  const gradient = b.op('grad', [value, pinned], {}, { axes });
  return asking(model, inputs, b.concat([b.reshape(value, [1]), b.reshape(gradient, [sizeOf(gradient)])], 0));
}

/**
 * Represents an example by what it is as each of the energy's arguments, one after the other: the data field of the argument's shape, or what
 * the objective gives for it. A view there stands for what it is a view of
 * where that has its shape, statistics of the batch for their averages, and what changes while training for what it has come to: as a
 * representation sees the example.
 */
export function energyArguments(
  model: TypedModel,
  energy: TypedEnergy,
): { readonly model: TypedModel; readonly places: readonly ArgumentPlace[] } {
  const b = model.builder;
  const plain = new Map<Node, Node>();
  for (const { node, subject } of model.views) {
    const input = model.inputs.find(({ name }) => name === subject)?.node;
    if (input && sameShape(input.type.shape, node.type.shape)) plain.set(node, input);
  }
  const uses = substitute(
    b,
    energy.parameters.map((parameter) => fieldFor(model, parameter)?.node ?? parameter.use),
    plain,
    ({ op, attrs, type }) => {
      if (op === 'running') return b.state(String(attrs['name']), type.shape);
      return op === 'input' && attrs['name'] === progressInput ? b.scalar(1) : undefined;
    },
  );
  let start = 0;
  const places = energy.parameters.map((parameter): ArgumentPlace => {
    const { name, node } = parameter;
    const shape = node.type.shape.map(Number);
    const dtype = node.type.dtype === 'int32' ? 'int32' : 'float32';
    const below = dtype === 'int32' ? boundOf(model, parameter.use) : undefined;
    const place = { name, shape, dtype, start, field: fieldFor(model, parameter)?.name, below } as const;
    start += sizeOf(node);
    return place;
  });
  const flat = uses.map((node) => {
    const float = node.type.dtype === 'float32' ? node : b.cast(node, 'float32');
    return b.reshape(float, [sizeOf(node)]);
  });
  const read = new Set(topological(uses));
  const inputs = model.inputs.filter(({ node }) => read.has(node));
  return { model: asking(model, inputs, b.concat(flat, 0)), places };
}

/**
 * Represents an example, in batches of so many, by the energies of its first argument with the others of every example of the batch; undefined of a
 * model without an energy of pairs.
 */
export function energiesWithin(model: TypedModel, batch: number): TypedModel | undefined {
  const all = model.pairs?.all();
  if (!all) return undefined;
  const read = new Set(topological([all]));
  const inputs = model.inputs.filter(({ node }) => read.has(node));
  return { ...asking(model, inputs, all), batch };
}

/** Data that an argument can be as it is: of its shape, of its name if there is one. */
function fieldFor(
  { inputs }: TypedModel,
  { name, node }: { readonly name: string; readonly node: Node },
): TypedInput | undefined {
  const fits = inputs.filter(({ type }) => type.dtype === node.type.dtype && sameShape(type.shape, node.type.shape));
  return fits.find((input) => input.name === name) ?? fits[0];
}

/** What whole numbers are below that come from data. */
function boundOf({ inputs }: TypedModel, use: Node): number | undefined {
  const read = new Set(topological([use]));
  const bounds = inputs.flatMap(({ node, below }) => (below !== undefined && read.has(node) ? [below] : []));
  return bounds.length > 0 ? Math.max(...bounds) : undefined;
}

function sizeOf({ type }: Node): number {
  return type.shape.reduce<number>((n, d) => n * Number(d), 1);
}

function inputOf(name: string, node: Node, { span }: TypedModel): TypedInput {
  return { name, type: node.type, below: undefined, declared: 'argument', node, span };
}

/** The model without anything to train: a step of it is nothing. */
function asking(model: TypedModel, inputs: readonly TypedInput[], representation: Node): TypedModel {
  const none = { name: 'none', node: model.builder.scalar(0), group: 0, span: model.span };
  return {
    ...model,
    inputs,
    representation,
    terms: [none],
    groups: [{ over: undefined, span: model.span }],
    updates: [],
    epochUpdates: [],
    gathered: [],
    energies: [],
    pairs: undefined,
    viewRepresentations: undefined,
  };
}
