/**
 * From a typed model to its program: the graphs `init`, `step`, `represent` and one for each energy.
 * In: a typed model without errors, and the optimizer. Out: graphs with static shapes, gradients and updates included.
 * It guarantees that every state the model reads is initialised by `init` and carried on by `step`.
 */
import { followsGroup, type TypedModel } from '../check/typed-model.js';
import type { OptimizerDecl } from '../declarations.js';
import { gradients } from '../differentiate/index.js';
import { Builder } from '../graph/builder.js';
import type { Axis, EpochGraphs, Graph, Node, Program, StateDecl } from '../graph/types.js';
import { BatchLowering, type RunningValue } from './batching.js';
import { scaleLoss, scaleStates, settleStep, unscale } from './loss-scale.js';
import { mergeViews } from './merge-views.js';
import { lowerMicroStep, type MicroOptions } from './micro-batches/index.js';
import { optimizers, type Slots, type Trained } from './optimizers/index.js';
import { outputGauges } from './output-gauges.js';
import { termGradients } from './term-gradients.js';

export type { MicroOptions } from './micro-batches/index.js';

/** What is done to the forward program before it is differentiated, and to every finished graph. */
export interface LoweringPasses {
  forward(b: Builder, outputs: readonly Node[]): readonly Node[];
  finish(graph: Graph): Graph;
  /** Whether an encoder is called once for views of equal shape, or once a view. */
  readonly mergesViews?: boolean;
  /** Whether the target has an optimizer's update of a parameter as one operation. */
  readonly fusesOptimizer?: boolean;
  /** Whether a step says besides how its terms' gradients lie to one another: `termGradients`. */
  readonly comparesTerms?: boolean | undefined;
  /** Outputs of encoders of which a whole step says besides how much they differ from example to example: `outputGauges`. */
  readonly watched?: readonly Node[] | undefined;
  /** Whether gradients are of a loss that is scaled such that float16 holds them. */
  readonly scalesLoss?: boolean | undefined;
  /** Asks for the step in micro-batches besides. */
  readonly micro?: MicroOptions | undefined;
}

export function lowerModel(model: TypedModel, optimizer: OptimizerDecl, passes: LoweringPasses): Program {
  const states = new Map<string, StateDecl>(
    model.states.map(({ name, role, type, copy }) => {
      // A derived model may do without what a copy was made of.
      const isThere = model.states.some((state) => state.name === copy?.source);
      const renewed =
        isThere && copy?.follows.kind === 'start' ? { source: copy.source, of: copy.follows.of } : undefined;
      const own = { name, role, type: { dtype: type.dtype, shape: type.shape } };
      return [name, renewed ? { ...own, renewed } : own];
    }),
  );
  if (passes.scalesLoss) for (const state of scaleStates) states.set(state.name, state);
  const step = lowerStep(model, optimizer, states, passes);
  const parameters = [...states.values()].filter((s) => s.role === 'parameter');
  const micro =
    passes.micro &&
    lowerMicroStep(model, passes.micro, {
      parameters,
      scalesLoss: passes.scalesLoss ?? false,
      optimize: (b, gradientOf, rate) =>
        optimize(b, parameters, gradientOf, rate, optimizer, states, passes.fusesOptimizer ?? false),
      follow: (b, lowering, updates) => newTargets(b, model, updates, lowerDecays(model, lowering)),
      average: (b, running) => newAverages(b, running, states),
      forward: passes.forward,
    });
  return {
    model: model.name,
    batch: model.batch,
    states: [...states.values()],
    init: passes.finish(lowerInit(model, states)),
    step: passes.finish(step),
    micro: micro && {
      ...micro,
      passes: micro.passes.map(({ graph, each }) => ({ graph: passes.finish(graph), each })),
    },
    epoch: lowerEpoch(model, passes),
    represent: passes.finish(lowerFunction(model, 'represent', [['representation', model.representation]], passes)),
    representViews:
      model.viewRepresentations &&
      passes.finish(lowerFunction(model, 'representViews', [['representations', model.viewRepresentations]], passes)),
    pairEnergies:
      model.pairs && passes.finish(lowerFunction(model, 'pairEnergies', [['energies', model.pairs.node]], passes)),
    energies: Object.fromEntries(
      model.energies.map((energy) => [
        energy.name,
        passes.finish(lowerFunction(model, energy.name, [['energy', energy.node]], passes)),
      ]),
    ),
  };
}

function concrete(axis: Axis, batch: number): Axis {
  return { ...axis, size: batch };
}

function lowerStep(
  model: TypedModel,
  optimizer: OptimizerDecl,
  states: Map<string, StateDecl>,
  passes: LoweringPasses,
): Graph {
  const b = new Builder();
  const lowering = new BatchLowering(b, model.batch);
  const { watched = [] } = passes;
  const typed = [...model.terms.map(({ node }) => node), ...model.updates.map(({ node }) => node), ...watched];
  const [typedTerms, typedRest] = splitAt(
    (passes.mergesViews ?? true) ? mergeViews(model, typed) : typed,
    model.terms.length,
  );
  const [typedUpdates, typedOutputs] = splitAt(typedRest, model.updates.length);
  const terms = typedTerms.map((node) => meanOverAxes(b, lowering.lower(node).node));
  const buffers = typedUpdates.map((node) => lowering.lower(node).node);
  const decays = lowerDecays(model, lowering);
  const averages = newAverages(b, lowering.running, states);
  const gauges = outputGauges(
    b,
    typedOutputs.map((node) => lowering.lower(node)),
    model.exampleAxis,
  );
  const roots = [...terms, ...averages.values(), ...buffers];
  const [results, measured] = splitAt(passes.forward(b, [...roots, ...Object.values(gauges)]), roots.length);
  const [forward, others] = splitAt(results, terms.length);
  b.place = { scope: 'loss', span: undefined };
  const loss = forward.reduce((sum, term) => b.add(sum, term));
  const parameters = [...states.values()].filter((s) => s.role === 'parameter');
  const values = parameters.map((p) => b.state(p.name, p.type.shape, p.type.dtype));
  const { scalesLoss } = passes;
  const scaled = scalesLoss ? forward.map((term) => scaleLoss(b, term)) : forward;
  const found = groupGradients(b, model, scaled, parameters, values);
  b.place = { scope: 'optimizer', span: undefined };
  const cotangents = scalesLoss ? found.map((gradient) => unscale(b, gradient)) : found;
  const rate = b.input('rate', []);
  const fused = passes.fusesOptimizer ?? false;
  const updates = optimize(b, parameters, (_, k) => cotangents[k]!, rate, optimizer, states, fused);
  for (const [k, name] of [...averages.keys(), ...model.updates.map(({ state }) => state)].entries())
    updates[name] = others[k]!;
  Object.assign(updates, newTargets(b, model, updates, decays));
  const outputs: Record<string, Node> = { loss };
  for (const [k, term] of model.terms.entries()) outputs[`term.${term.name}`] = forward[k]!;
  for (const [k, name] of Object.keys(gauges).entries()) outputs[name] = measured[k]!;
  if (passes.comparesTerms) Object.assign(outputs, termGradients(b, model, forward));
  const settled = scalesLoss ? settleStep(b, cotangents, updates) : { updates, outputs: {} };
  return {
    name: 'step',
    inputs: [...lowering.inputs.values(), rate],
    outputs: { ...outputs, ...settled.outputs },
    updates: settled.updates,
  };
}

/** Each parameter's gradient of the sum of its group's terms. */
function groupGradients(
  b: Builder,
  { terms, groups }: TypedModel,
  forward: readonly Node[],
  parameters: readonly StateDecl[],
  values: readonly Node[],
): Node[] {
  const found = values.map((value) => b.zerosLike(value));
  for (const group of groups.keys()) {
    const own = parameters.flatMap(({ name }, k) => (followsGroup(name, group, groups) ? [k] : []));
    const loss = forward.filter((_, k) => terms[k]!.group === group).reduce((sum, term) => b.add(sum, term));
    const cotangents = gradients(
      b,
      loss,
      own.map((k) => values[k]!),
    );
    for (const [i, k] of own.entries()) found[k] = cotangents[i]!;
  }
  return found;
}

/** The decays of moving-average copies, by the state that keeps one. */
function lowerDecays({ states }: TypedModel, lowering: BatchLowering): ReadonlyMap<string, Node> {
  return new Map(
    states.flatMap(({ name, copy }) =>
      copy?.follows.kind === 'average' ? [[name, lowering.lower(copy.follows.decay).node] as const] : [],
    ),
  );
}

/** Moving-average copies after the step, of what they follow after the step (He et al. 2020, equation 2). */
function newTargets(
  b: Builder,
  { states }: TypedModel,
  updates: Readonly<Record<string, Node>>,
  decays: ReadonlyMap<string, Node>,
): Record<string, Node> {
  b.place = { scope: 'targets', span: undefined };
  const next: Record<string, Node> = {};
  for (const { name, copy, type } of states) {
    if (copy?.follows.kind !== 'average') continue;
    const shape = type.shape.map(Number);
    const decay = decays.get(name)!;
    // A copy of a copy follows what that one becomes; it is declared after it.
    const followed = next[copy.source] ?? updates[copy.source] ?? b.state(copy.source, shape);
    next[name] = b.add(b.mul(decay, b.state(name, shape)), b.mul(b.sub(b.scalar(1), decay), followed));
  }
  return next;
}

/** New values of parameters and of what the optimizer remembers, which is declared among the states. */
function optimize(
  b: Builder,
  parameters: readonly StateDecl[],
  gradientOf: (parameter: StateDecl, k: number) => Node,
  rate: Node,
  optimizer: OptimizerDecl,
  states: Map<string, StateDecl>,
  fused: boolean,
): Record<string, Node> {
  const updates: Record<string, Node> = {};
  const slots: Slots = {
    read(name, shape) {
      states.set(name, { name, role: 'optimizer', type: { dtype: 'float32', shape } });
      return b.state(name, shape);
    },
    write(name, value) {
      updates[name] = value;
    },
  };
  const trained: Trained[] = parameters.map((parameter, k) => {
    const { name, type } = parameter;
    return { name, value: b.state(name, type.shape, type.dtype), gradient: gradientOf(parameter, k) };
  });
  const updated = optimizers[optimizer.name].update(b, trained, rate, optimizer.settings, slots, fused);
  for (const [name, value] of updated) updates[name] = value;
  return updates;
}

/** The moving averages after the step: of one statistic met several times (once a view), the mean is taken. */
function newAverages(
  b: Builder,
  running: readonly RunningValue[],
  states: ReadonlyMap<string, StateDecl>,
): Map<string, Node> {
  const byName = new Map<string, { decay: number; values: Node[] }>();
  for (const { name, decay, value } of running) {
    const entry = byName.get(name) ?? { decay, values: [] };
    const leading = value.axes.map((_, k) => k);
    entry.values.push(leading.length > 0 ? b.mean(value.node, leading) : value.node);
    byName.set(name, entry);
  }
  const result = new Map<string, Node>();
  for (const [name, { decay, values }] of byName) {
    const state = states.get(name)!;
    b.place = { scope: name, span: undefined };
    const mean = b.scale(
      values.reduce((sum, v) => b.add(sum, v)),
      1 / values.length,
    );
    result.set(name, b.add(b.scale(b.state(name, state.type.shape), decay), b.scale(b.stop(mean), 1 - decay)));
  }
  return result;
}

function meanOverAxes(b: Builder, node: Node): Node {
  return node.type.shape.length === 0 ? node : b.mean(node);
}

function splitAt<T>(items: readonly T[], at: number): [T[], T[]] {
  return [items.slice(0, at), items.slice(at)];
}

function lowerInit(model: TypedModel, states: ReadonlyMap<string, StateDecl>): Graph {
  const b = new Builder();
  const lowering = new BatchLowering(b, model.batch);
  const updates: Record<string, Node> = {};
  for (const state of model.states) updates[state.name] = lowering.lower(state.initial).node;
  for (const { name, type, start = 0 } of states.values()) updates[name] ??= b.constant(start, type.shape, type.dtype);
  return { name: 'init', inputs: [], outputs: {}, updates };
}

/** `before epoch`: a value of each example of a batch for what it gathers, and from as many as it wants to the states. */
function lowerEpoch(model: TypedModel, passes: LoweringPasses): EpochGraphs | undefined {
  const { epochUpdates, gathered } = model;
  if (epochUpdates.length === 0) return undefined;
  const b = new Builder();
  const lowering = new BatchLowering(b, model.batch);
  const values = passes.forward(
    b,
    epochUpdates.map(({ node }) => lowering.lower(node).node),
  );
  const updates = Object.fromEntries(epochUpdates.map(({ state }, k) => [state, values[k]!]));
  const outputs = gathered.map(({ name, node }) => [name, node] as const);
  return {
    gather: outputs.length > 0 ? passes.finish(lowerFunction(model, 'gather', outputs, passes)) : undefined,
    update: passes.finish({ name: 'epoch', inputs: [...lowering.inputs.values()], outputs: {}, updates }),
  };
}

/** What a model answers after training, for `batch` examples: data fields to `representation`. */
export function lowerRepresentation(model: TypedModel, batch: number, forward: LoweringPasses['forward']): Graph {
  const passes: LoweringPasses = { forward, finish: (graph) => graph };
  return lowerFunction({ ...model, batch }, 'represent', [['representation', model.representation]], passes);
}

/** A function of one batch, for use: the representation, an energy, what is gathered. */
function lowerFunction(
  model: TypedModel,
  name: string,
  outputs: readonly (readonly [name: string, node: Node])[],
  passes: LoweringPasses,
): Graph {
  const b = new Builder();
  const batch = passes.micro?.size ?? model.batch;
  const lowering = new BatchLowering(b, batch);
  const values = outputs.map(([, node]) => lowering.lowerOver(node, [concrete(model.exampleAxis, batch)]));
  const results = passes.forward(b, values);
  return {
    name,
    inputs: [...lowering.inputs.values()],
    outputs: Object.fromEntries(outputs.map(([output], k) => [output, results[k]!])),
    updates: {},
  };
}
