/** An objective as a function of the outputs of the encoders that reach it through no other. */
import { isCopy, isFrozen, type TypedModel } from '../check/typed-model.js';
import { gradients } from '../differentiate/index.js';
import { Builder } from '../graph/builder.js';
import type { NdArray } from '../graph/ops/op.js';
import { topological } from '../graph/schedule.js';
import { substitute } from '../graph/substitute.js';
import type { Node } from '../graph/types.js';
import { flopsOf, numbersIn } from '../graph/work.js';
import { BatchLowering } from '../lower/batching.js';
import { Rewriting } from '../lower/rewriting.js';
import { optimizeForward } from '../optimize/index.js';
import { evaluateNodes, evaluator } from '../targets/reference/index.js';
import type { Output } from './free-outputs.js';
import { type Outputs, uniformNumbers } from './outputs.js';
import { settledStates } from './settle.js';

/** Examples in the batch that outputs are tried on: the first count with which one evaluation is small enough. */
const exampleCounts = [8, 2] as const;
/** Numbers that an evaluation of the objective and its gradient may make: a gigabyte if all were kept. */
const numbersAtOnce = 1.2e8;
/** Operations of one evaluation above which as few examples and starts as can be are tried: the logits of a whole vocabulary. */
const costly = 4e7;
/** Operations on numbers that the whole analysis may take: some seconds. */
const affordable = 2e10;
/**
 * Steps after which states that follow the outputs are taken to be settled: as many as a budget of numbers allows. A long queue is then filled in
 * part, which says as much of what outputs do in it.
 */
const settlingSteps = 304;
const leastSettlingSteps = 16;
const settlingNumbers = 2e6;
/** The same where the values themselves are wanted. */
const exactSettlingNumbers = 1e8;
const draws = { seed: 1, step: 0 };

/** The search would take too long or too much memory. */
export class TooLarge extends Error {}

/** The objective at some outputs. The gradient takes up what the value has computed, and is computed when asked for. */
export interface Point {
  readonly outputs: Outputs;
  readonly value: number;
  gradient(): Outputs;
}

/**
 * The objective with stopped gradients let through; data, draws and parameters outside the encoders are fixed, and what frozen copies give is so as data is. States that `after step` makes of
 * the outputs are what they become while the outputs stay as they are.
 */
export interface Objective {
  /** The encoder of each output: constant ones are equal for all outputs of one encoder. */
  readonly owners: readonly string[];
  readonly shapes: readonly (readonly number[])[];
  at(outputs: Outputs): Point;
  terms(outputs: Outputs): number[];
  /** The same with states as they settle at these outputs, and stay; itself where no state follows the outputs. */
  hold(outputs: Outputs): Objective;
  /**
   * The same as the side that learns meets it: stopped gradients, moving averages and states stay at what these outputs give, and only outputs that a
   * gradient reaches are free.
   */
  facing(outputs: Outputs): { readonly objective: Objective; readonly start: Outputs };
  /** Whether choices among codes are made of outputs: those that are clear take large numbers. */
  readonly hasChoices: boolean;
  /** Whether few evaluations are all that can be afforded. */
  readonly isCostly: boolean;
  /** How many numbers an evaluation makes. Nothing is computed before it is asked for a value. */
  readonly numbers: number;
}

export function freeObjective(model: TypedModel, free: readonly Output[]): Objective {
  for (const count of exampleCounts) {
    const objective = objectiveOf(model, free, count);
    const isLast = count === exampleCounts.at(-1);
    if (objective.numbers <= numbersAtOnce && (isLast || !objective.isCostly)) return objective;
  }
  throw new TooLarge('the outputs of its last encoders hold too many numbers');
}

/** The objective for as many examples as a step takes; undefined where that is too much to compute here. */
export function wholeObjective(model: TypedModel, free: readonly Output[]): Objective | undefined {
  const objective = objectiveOf(model, free, model.batch, exactSettlingNumbers);
  return objective.numbers <= numbersAtOnce ? objective : undefined;
}

/** What the side that learns meets: outputs of copies, and what stopped gradients are computed from; states by name. */
interface Faced {
  readonly outputs: Outputs;
  readonly states: ReadonlyMap<string, NdArray>;
}

function objectiveOf(
  model: TypedModel,
  outputs: readonly Output[],
  examples: number,
  settling = settlingNumbers,
  faced?: Faced,
): Objective {
  const rewriting = new Rewriting(model.builder);
  for (const [k, { node }] of outputs.entries()) {
    const attrs = { name: `output ${k}`, shape: node.type.shape, dtype: 'float32' };
    rewriting.replace(node, model.builder.op('input', [], attrs, { axes: node.axes }));
  }
  for (const [k, { result, path }] of model.calls.entries()) {
    if (!isFrozen(model, path)) continue;
    const attrs = { name: `frozen ${k}`, shape: result.type.shape, dtype: 'float32' };
    rewriting.replace(result, model.builder.op('input', [], attrs, { axes: result.axes }));
  }
  const b = new Builder();
  const lowering = new BatchLowering(b, Math.min(examples, model.batch));
  const lower = ({ node: typed }: { readonly node: Node }): Node => {
    const { node } = lowering.lower(rewriting.rewrite(typed));
    return node.type.shape.length === 0 ? node : b.mean(node);
  };
  const lowered = model.terms.map(lower);
  const next = model.updates.map(({ node }) => lowering.lower(rewriting.rewrite(node)).node);
  const opened = substitute(b, [...lowered, ...next], new Map(), (node, args) =>
    node.op === 'stop_gradient' && !faced ? args[0] : undefined,
  );
  // All pairs with a long queue are one product, not a number for every pair and dimension.
  const open = optimizeForward(b, opened, 'tfjs');
  const terms = open.slice(0, lowered.length);
  const loss = terms.reduce((sum, term) => b.add(sum, term));
  const reached = outputs.flatMap(({ encoder, chooses }, k) => {
    const node = lowering.inputs.get(`output ${k}`);
    return node ? [{ encoder, node, chooses }] : [];
  });
  const isFree = reached.map(({ encoder }) => !faced || !isCopy(model, encoder));
  const freed = reached.filter((_, k) => isFree[k]);
  const free = freed.map(({ node }) => node);
  const follows = faced ? [] : followers(model, open.slice(lowered.length), free, topological(terms));
  const cotangents = gradients(b, loss, free);
  const changing = [...free, ...follows.map(({ state }) => state)];
  const roots = [loss, ...terms, ...cotangents, ...follows.map(({ value }) => value)];
  const stopped = faced ? topological([loss]).filter(({ op }) => op === 'stop_gradient') : [];
  const order = topological(roots, new Set(stopped));
  const { moved, wanted } = split(order, roots, changing);
  const known = new Set<Node>([...wanted, ...changing]);
  let fixed: ReadonlyMap<Node, NdArray> | undefined;
  const given = (): ReadonlyMap<Node, NdArray> => {
    if (!faced) return fixedValues(model, lowering, order);
    const below = topological([...order, ...stopped]);
    const values = fixedValues(model, lowering, below);
    for (const node of below) {
      const state = node.op === 'state' && faced.states.get(String(node.attrs['name']));
      if (state) values.set(node, state);
    }
    for (const [k, { node }] of reached.entries()) values.set(node, faced.outputs[k]!);
    return values;
  };
  const env = (values: Outputs, states: Outputs): Map<Node, NdArray> => {
    fixed ??= evaluated(wanted, given());
    const all = new Map(fixed);
    for (const [k, v] of [...values, ...states].entries()) all.set(changing[k]!, v);
    return all;
  };
  const forward = new Set(topological([loss]).filter((node) => moved.has(node)));
  const backward = topological(cotangents).filter((node) => moved.has(node) && !forward.has(node));
  const shared = [...new Set(backward.flatMap(({ args }) => args.filter((arg) => forward.has(arg))))];
  const value = evaluator([loss, ...shared], known);
  const gradient = evaluator(cotangents, new Set([...known, ...shared]));
  const step = evaluator(
    follows.map(({ value: v }) => v),
    known,
  );
  const ofValue = workOf([...forward]);
  const ofGradient = workOf(backward);
  const ofStep = workOf(topological(follows.map(({ value: v }) => v)).filter((node) => moved.has(node)));
  const work = workOf(order);
  let spent = work;
  const spend = (operations: number): void => {
    spent += operations;
    if (spent > affordable) throw new TooLarge(`it would take more than ${affordable.toExponential()} operations`);
  };
  const followed = follows.reduce((sum, { state }) => sum + numbersIn(state), 0);
  const steps = Math.min(settlingSteps, Math.max(leastSettlingSteps, Math.floor(settling / Math.max(1, followed))));
  let initial: Outputs | undefined;
  const settle = (values: Outputs): Outputs => {
    if (follows.length === 0) return [];
    initial ??= initialStates(model, lowering, follows);
    const next = (states: Outputs): Outputs => {
      spend(ofStep);
      return step(env(values, states), draws);
    };
    return settledStates(next, initial, steps);
  };
  const owners = freed.map(({ encoder }) => encoder);
  const bound = (statesAt: (values: Outputs) => Outputs): Objective => {
    const objective: Objective = {
      owners,
      shapes: free.map((node) => node.type.shape.map(Number)),
      at(values) {
        spend(ofValue);
        const all = env(values, statesAt(values));
        const [result, ...kept] = value(all, draws);
        return {
          outputs: values,
          value: result!.data[0]!,
          gradient() {
            spend(ofGradient);
            return gradient(new Map([...all, ...kept.map((v, k) => [shared[k]!, v] as const)]), draws);
          },
        };
      },
      terms: (values) => evaluateNodes(terms, env(values, statesAt(values)), draws).map(({ data }) => data[0]!),
      hold(values) {
        if (follows.length === 0) return objective;
        const states = settle(values);
        return bound(() => states);
      },
      facing(values) {
        const settled = settle(values);
        const states = new Map(follows.map(({ name }, k) => [name, settled[k]!] as const));
        const held = objectiveOf(model, outputs, examples, settling, { outputs: values, states });
        return { objective: held, start: values.filter((_, k) => !isCopy(model, owners[k]!)) };
      },
      hasChoices: freed.some(({ chooses }) => chooses),
      isCostly: work > (costly * examples) / exampleCounts[0],
      numbers: order.reduce((sum, node) => sum + numbersIn(node), 0),
    };
    return objective;
  };
  return bound(settle);
}

interface Follower {
  readonly name: string;
  readonly state: Node;
  readonly value: Node;
}

/** States that the terms read and whose next value depends on the outputs. */
function followers(
  model: TypedModel,
  next: readonly Node[],
  free: readonly Node[],
  order: readonly Node[],
): readonly Follower[] {
  const outputs = new Set(free);
  return model.updates.flatMap(({ state: name }, k) => {
    const state = order.find((node) => node.op === 'state' && node.attrs['name'] === name);
    const value = next[k]!;
    return state && topological([value]).some((node) => outputs.has(node)) ? [{ name, state, value }] : [];
  });
}

function initialStates(model: TypedModel, lowering: BatchLowering, follows: readonly Follower[]): Outputs {
  const fixed = fixedValues(
    model,
    lowering,
    follows.map(({ state }) => state),
  );
  return follows.map(({ state }) => fixed.get(state)!);
}

/** Arithmetic, and reading and writing what it is about. */
export function workOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + flopsOf(node) + 10 * numbersIn(node), 0);
}

/** What the outputs move, and what they do not but meets what they do: that is computed once for all descents. */
function split(order: readonly Node[], roots: readonly Node[], free: readonly Node[]) {
  const moved = new Set(free);
  const met = new Set<Node>();
  for (const node of order) {
    if (moved.has(node) || !node.args.some((arg) => moved.has(arg))) continue;
    moved.add(node);
    for (const arg of node.args) met.add(arg);
  }
  return { moved, wanted: [...met, ...roots].filter((node) => !moved.has(node)) };
}

function evaluated(nodes: readonly Node[], given: ReadonlyMap<Node, NdArray>): ReadonlyMap<Node, NdArray> {
  const values = evaluateNodes(nodes, given, draws);
  return new Map(nodes.map((node, k) => [node, values[k]!]));
}

/**
 * Uniform noise, of frozen copies around 0; of ids, below what the model declares. Other data differ in their level too, as pictures and sounds
 * do: what is pooled of much noise is nearly alike for all examples.
 */
function data(node: Node, shape: readonly number[], model: TypedModel): NdArray {
  const numbers = uniformNumbers(shape, node.id);
  if (String(node.attrs['name']).startsWith('frozen ')) return { shape, data: numbers.data.map((u) => 2 * u - 1) };
  const below = model.inputs.find(({ name }) => name === node.attrs['name'])?.below;
  if (below !== undefined) return { shape, data: numbers.data.map((u) => Math.floor(u * below)) };
  const [examples = 1] = shape;
  const size = numbers.data.length / examples;
  return { shape, data: numbers.data.map((u, i) => (u * (Math.floor(i / size) + 1)) / examples) };
}

/** Data as uniform noise, states at their initial values, training half done. */
export function fixedValues(model: TypedModel, lowering: BatchLowering, nodes: readonly Node[]): Map<Node, NdArray> {
  const fixed = new Map<Node, NdArray>();
  const b = new Builder();
  for (const node of nodes) {
    const shape = node.type.shape.map(Number);
    if (node.op === 'input' && !String(node.attrs['name']).startsWith('output '))
      fixed.set(node, data(node, shape, model));
    if (node.op !== 'state') continue;
    const state = model.states.find((s) => s.name === node.attrs['name'])!;
    const initial = new BatchLowering(b, lowering.batch).lower(state.initial).node;
    fixed.set(node, evaluateNodes([initial], new Map(), draws)[0]!);
  }
  return fixed;
}
