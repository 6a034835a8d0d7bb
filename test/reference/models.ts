/** Models as text, lowered and run in float64: what the tests against the fixtures share. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { Elaborator, type InstanceCall } from '../../src/compiler/check/elaborator.js';
import { elaborateModel } from '../../src/compiler/check/model.js';
import { Modules } from '../../src/compiler/check/modules.js';
import type { TypedModel } from '../../src/compiler/check/typed-model.js';
import { gradients } from '../../src/compiler/differentiate/index.js';
import { Builder } from '../../src/compiler/graph/builder.js';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { topological } from '../../src/compiler/graph/schedule.js';
import type { Graph, Node } from '../../src/compiler/graph/types.js';
import { BatchLowering } from '../../src/compiler/lower/batching.js';
import { mergeViews } from '../../src/compiler/lower/merge-views.js';
import { optimizeForward, optimizeGraph } from '../../src/compiler/optimize/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { parseModule } from '../../src/grammar/index.js';
import { library } from '../std/run.js';

export type Values = Readonly<Record<string, NdArray>>;

/** A fixture's contents; their form is in its `conventions`. */
// biome-ignore lint/suspicious/noExplicitAny: each fixture has its own form.
export function fixture(name: string): any {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
}

/** The only model of a text, at a batch size of the test's own choice. */
export function typedModel(text: string, batch: number): TypedModel {
  const source = { path: 'test.ebm', text };
  const { module, diagnostics } = parseModule(source);
  const e = new Elaborator(batch, source.path);
  const scope = new Modules(e, library).scopeOf(module);
  const item = module.items.find((i) => i.kind === 'model');
  const model = item?.kind === 'model' ? elaborateModel(e, item, scope) : undefined;
  // Fixtures have fields for several losses: what one of them does not read is no matter.
  const found = [...diagnostics, ...e.diagnostics].filter(({ code }) => code !== 'EBM2041');
  if (!model || found.length > 0) throw new Error(found.map((d) => `${d.code} ${d.message}`).join('\n'));
  return model;
}

export interface Lowering {
  /** Inputs or states to differentiate by; all of both where absent. */
  readonly wrt?: readonly string[];
  /** Calls on several views as one; else one by one. */
  readonly merged?: boolean;
  /** The passes that a compiled model goes through. */
  readonly optimized?: boolean;
}

/** The loss (`loss`, `term.<name>`), its gradients (`gradient.<name>`) and the encoders' outputs (`call.<k>`). */
export function lossGraph(model: TypedModel, { wrt, merged = true, optimized = false }: Lowering = {}): Graph {
  const b = new Builder();
  const lowering = new BatchLowering(b, model.batch);
  const lower = (node: Node): Node => lowering.lower(node).node;
  const mean = (node: Node): Node => (node.type.shape.length === 0 ? node : b.mean(node));
  const roots = model.terms.map(({ node }) => node);
  const before = (merged ? mergeViews(model, roots) : roots).map((node) => mean(lower(node)));
  const terms = optimized ? optimizeForward(b, before) : before;
  const loss = terms.reduce((sum, term) => b.add(sum, term));
  const parameters = model.states.filter((s) => s.role === 'parameter');
  const leaves = new Map([
    ...lowering.inputs,
    ...parameters.map((s) => [s.name, b.state(s.name, s.type.shape)] as const),
  ]);
  const names = wrt ?? [...leaves.keys()].filter((name) => leaves.get(name)!.type.dtype === 'float32');
  const found = gradients(
    b,
    loss,
    names.map((name) => leaves.get(name)!),
  );
  const outputs: Record<string, Node> = { loss };
  for (const [k, { name }] of model.terms.entries()) outputs[`term.${name}`] = terms[k]!;
  for (const [k, name] of names.entries()) outputs[`gradient.${name}`] = found[k]!;
  if (!merged) for (const [k, { result }] of trainingCalls(model).entries()) outputs[`call.${k}`] = lower(result);
  const graph: Graph = { name: 'loss', inputs: [...lowering.inputs.values()], outputs, updates: {} };
  return optimized ? optimizeGraph(graph) : graph;
}

/** The calls that the objective needs; the others are the representation's and the energies'. */
function trainingCalls(model: TypedModel): readonly InstanceCall[] {
  const needed = new Set(topological(model.terms.map((t) => t.node)));
  return model.calls.filter((c) => needed.has(c.result));
}

export const draws = { seed: 5, step: 0 };

export function evaluate(graph: Graph, inputs: Values, states: Values = {}): Values {
  return evaluateGraph(graph, inputs, states, draws).outputs;
}

/** The largest difference, as a share of the largest expected number. */
export function relativeDistance(actual: Pick<NdArray, 'shape'> & { data: ArrayLike<number> }, expected: NdArray) {
  if (actual.shape.join() !== expected.shape.join()) return Number.POSITIVE_INFINITY;
  const scale = expected.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const most = expected.data.reduce((worst, x, i) => Math.max(worst, Math.abs(actual.data[i]! - x)), 0);
  return Number.isNaN(most) ? most : most / (scale || 1);
}

export function expectAgrees(
  actual: Pick<NdArray, 'shape'> & { data: ArrayLike<number> },
  expected: NdArray,
  what: string,
  tolerance = 1e-10,
): void {
  expect(relativeDistance(actual, expected), what).toBeLessThan(tolerance);
}

/** Numbers that look random, the same for the same seed. */
export function numbers(shape: readonly number[], seed: number): NdArray {
  const size = shape.reduce((product, d) => product * d, 1);
  return {
    shape,
    data: Float64Array.from({ length: size }, (_, i) => Math.sin((i + 1) * 12.9898 + seed * 78.233) * 1.3),
  };
}
