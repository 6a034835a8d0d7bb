/**
 * What a model costs before anything runs.
 * In: a typed model, and programs compiled from it. Out: parameters, arithmetic and memory, from the op table and the graphs alone.
 */
import type { TypedModel } from '../check/typed-model.js';
import { Builder } from '../graph/builder.js';
import { countOf } from '../graph/ndarray.js';
import { narrowOf } from '../graph/ops/narrow.js';
import { staticShape } from '../graph/ops/shapes.js';
import { scheduleGraph, topological } from '../graph/schedule.js';
import type { Node, Program } from '../graph/types.js';
import { flopsOf } from '../graph/work.js';
import { BatchLowering } from '../lower/batching.js';
import { optimizeForward, stepMemory } from '../optimize/index.js';

/** Floating point operations: of convolutions and matrix products (two for each multiplication with its addition), and of all else. */
export interface Flops {
  readonly products: number;
  readonly other: number;
}

export interface EncoderCost {
  readonly name: string;
  readonly parameters: number;
  /** Of the encoder on one example, forward: its first call. */
  readonly forward: Flops;
}

export interface ModelCost {
  readonly model: string;
  readonly batch: number;
  readonly parameters: number;
  readonly encoders: readonly EncoderCost[];
}

/** Of a whole training step: forward, backward, optimizer, augmentations. */
export interface StepCost {
  readonly flops: Flops;
  /** How many of the products' operations are on factors of 16 bits. */
  readonly narrow: number;
  /** States, one batch, and the most that is held at once; not a backend's own workspace. */
  readonly bytes: number;
}

const productOps: ReadonlySet<string> = new Set([
  ...['contract', 'conv2d', 'conv2d_input_gradient', 'conv2d_filter_gradient'],
]);

export function costOfModel(model: TypedModel): ModelCost {
  const parameters = model.states.filter(({ role }) => role === 'parameter');
  const count = (own: typeof parameters): number =>
    own.reduce((sum, { type }) => sum + countOf(staticShape(type.shape)), 0);
  return {
    model: model.name,
    batch: model.batch,
    parameters: count(parameters),
    encoders: model.encoders.map(({ name }) => ({
      name,
      parameters: count(parameters.filter((parameter) => isWithin(name, parameter.name))),
      forward: forwardFlops(model, name),
    })),
  };
}

export function costOfStep(program: Program): StepCost {
  // Each graph of a step in micro-batches runs once, or once a micro-batch.
  const passes = program.micro?.passes ?? [{ graph: program.step, each: false }];
  const total = { products: 0, other: 0, narrow: 0 };
  for (const { graph, each } of passes) {
    const nodes = scheduleGraph(graph);
    const times = each ? (program.micro?.count ?? 1) : 1;
    const { products, other } = flopsOfAll(nodes);
    total.products += times * products;
    total.other += times * other;
    total.narrow += times * flopsOfAll(nodes.filter(narrowOf)).products;
  }
  const { narrow, ...flops } = total;
  return { flops, narrow, bytes: stepMemory(program) };
}

function forwardFlops(model: TypedModel, encoder: string): Flops {
  const call = model.calls.find(({ path }) => path === encoder);
  if (call === undefined) return { products: 0, other: 0 };
  const b = new Builder();
  const value = new BatchLowering(b, model.batch).lower(call.result).node;
  const nodes = topological(optimizeForward(b, [value], 'tensorflow'));
  const { products, other } = flopsOfAll(nodes.filter(({ scope }) => isWithin(encoder, scope)));
  return { products: products / model.batch, other: other / model.batch };
}

function flopsOfAll(nodes: readonly Node[]): Flops {
  let [products, other] = [0, 0];
  for (const node of nodes) {
    if (productOps.has(node.op)) products += flopsOf(node);
    else other += flopsOf(node);
  }
  return { products, other };
}

/** Whether a path such as `f/conv_1/weight` is of `f`. */
function isWithin(name: string, path: string): boolean {
  return path === name || path.startsWith(`${name}/`);
}
