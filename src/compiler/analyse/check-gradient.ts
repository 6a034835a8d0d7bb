/**
 * Whether the compiled gradient is the gradient of the declared objective, by finite differences in float64.
 * In: a typed model, a batch, states. Out: the largest relative error over random directions. Stopped gradients are held where they are, and each group
 * of terms moves its own parameters alone, as in a step.
 */
import { followsGroup, type TypedModel } from '../check/typed-model.js';
import { gradients } from '../differentiate/index.js';
import { Builder } from '../graph/builder.js';
import type { NdArray } from '../graph/ops/op.js';
import { drawNormal } from '../graph/random.js';
import { topological } from '../graph/schedule.js';
import { type Node, progressInput } from '../graph/types.js';
import { BatchLowering } from '../lower/batching.js';
import { optimizeForward } from '../optimize/index.js';
import { evaluator } from '../targets/reference/index.js';

export interface GradientCheckOptions {
  /** `[batch, ...]` each, as many examples as the model's batch: give a model with a small one, `{ ...model, batch: 8 }`. */
  readonly inputs: Readonly<Record<string, NdArray>>;
  readonly states: Readonly<Record<string, NdArray>>;
  /** Of the draws inside the model, and of the directions. */
  readonly seed?: number;
  readonly directions?: number;
  /** How far parameters are moved, each by a normal number times this; of several distances the one that agrees best counts. */
  readonly distances?: readonly number[];
}

/**
 * The largest |(L(θ + hv) − L(θ − hv)) / 2h − g·v| / max(|g·v|, |g|, 1e-8) over groups and normal directions v: about 1e-7 where all is right
 * and the objective smooth; central differences as in the field's own gradient checkers (PyTorch's `gradcheck`).
 */
export function checkGradient(model: TypedModel, options: GradientCheckOptions): number {
  return Math.max(0, ...model.groups.map((_, group) => checkGroup(model, group, options)));
}

function checkGroup(
  model: TypedModel,
  group: number,
  { inputs, states, seed = 0, directions = 3, distances = [1e-6, 1e-8] }: GradientCheckOptions,
): number {
  const b = new Builder();
  const lowering = new BatchLowering(b, model.batch);
  const terms = model.terms.filter((term) => term.group === group).map(({ node }) => lowering.lower(node).node);
  const means = terms.map((node) => (node.type.shape.length === 0 ? node : b.mean(node)));
  const loss = optimizeForward(b, means).reduce((sum, term) => b.add(sum, term));
  const parameters = model.states
    .filter(({ name, role }) => role === 'parameter' && followsGroup(name, group, model.groups))
    .map(({ name, type }) => b.state(name, type.shape, type.dtype));
  const slopes = gradients(b, loss, parameters);
  const nodes = topological([loss, ...slopes, ...parameters]);
  const stopped = nodes.filter(({ op }) => op === 'stop_gradient');
  const given = new Map(nodes.flatMap((node) => known(node, inputs, states)));
  const draws = { seed, step: 0 };
  const [stops, g] = splitAt(evaluator([...stopped, ...slopes], given)(given, draws), stopped.length);
  const held = new Map([...given, ...stopped.map((node, i) => [node, stops[i]!] as const)]);
  const value = evaluator([loss], held);
  const count = g.reduce((sum, { data }) => sum + data.length, 0);
  const length = Math.sqrt(g.reduce((sum, { data }) => sum + data.reduce((s, x) => s + x * x, 0), 0));
  let worst = 0;
  for (let k = 0; k < directions && count > 0; k++) {
    const v = parameters.map((_, i) => drawNormal({ seed, step: k }, `direction ${i}`, g[i]!.data.length));
    const at = (distance: number): number => {
      const moved = new Map(held);
      for (const [i, parameter] of parameters.entries()) {
        const { shape, data } = held.get(parameter)!;
        moved.set(parameter, { shape, data: data.map((x, j) => x + distance * v[i]![j]!) });
      }
      return value(moved, draws)[0]!.data[0]!;
    };
    const computed = g.reduce((sum, { data }, i) => sum + data.reduce((s, x, j) => s + x * v[i]![j]!, 0), 0);
    const size = Math.max(Math.abs(computed), length, 1e-8);
    // A corner of relu between the two points spoils a large distance, rounding a small one; a wrong rule is wrong at all.
    const errors = distances.map((h) => Math.abs((at(h) - at(-h)) / (2 * h) - computed) / size);
    const error = Math.min(...errors);
    worst = Number.isFinite(error) ? Math.max(worst, error) : Infinity;
  }
  return worst;
}

function known(
  node: Node,
  inputs: GradientCheckOptions['inputs'],
  states: GradientCheckOptions['states'],
): readonly (readonly [Node, NdArray])[] {
  if (node.op !== 'input' && node.op !== 'state') return [];
  const name = String(node.attrs['name']);
  const value = (node.op === 'input' ? inputs : states)[name];
  if (value) return [[node, value]];
  // Halfway through training.
  if (node.op === 'input' && name === progressInput) return [[node, { shape: [], data: Float64Array.of(0.5) }]];
  throw new Error(`no value is given for ${node.op} ${name}`);
}

function splitAt<T>(items: readonly T[], at: number): [readonly T[], readonly T[]] {
  return [items.slice(0, at), items.slice(at)];
}
