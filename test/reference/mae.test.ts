/** MAE's step with the standard vit and vit_decoder against the published code's in torch: loss, gradients of all weights. */
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { array, distance, type Nested, run } from '../std/run.js';
import { evaluate, expectAgrees, fixture, lossGraph, typedModel } from './models.js';

const mae = fixture('mae_step');

// The indices come as keys whose order they are: data is float32, and `argsort` is what a random mask is made of too.
const model = typedModel(
  `use std.networks { vit, vit_decoder }
use std.energies { mean_square, standardize }
use std.layers { pool }
model MAE {
  data p: [16, 12]
  data keys: [16]
  let order = argsort(keys)
  let visible = order[0:4]
  let hidden = order[4:16]
  encoder f = vit(grid: 4, dim: 12, depth: 1, heads: 3)
  encoder g = vit_decoder(grid: 4, out: 12, dim: 8, depth: 1, heads: 2)
  energy E(context, target) =
    mean_square(g(f(context, at: visible), from: visible, at: hidden), standardize(target))
  minimize { reconstruction: E(p[visible], p[hidden]) }
  representation pool(f(p))
}
`,
  4,
);

/** Patch → its place among the visible and then the hidden ones. */
function keys(): NdArray {
  const data = new Float64Array(4 * 16);
  for (let example = 0; example < 4; example++)
    for (const [place, patch] of [...mae.visible[example], ...mae.hidden[example]].entries())
      data[example * 16 + patch] = place;
  return { shape: [4, 16], data };
}

function columns(parts: readonly NdArray[]): NdArray {
  const rows = parts[0]!.shape.length > 1 ? parts[0]!.shape[0]! : 1;
  const data = Array.from({ length: rows }, (_, row) =>
    parts.flatMap(({ data: d }) => [...d.slice((row * d.length) / rows, ((row + 1) * d.length) / rows)]),
  );
  const width = data[0]!.length;
  return { shape: parts[0]!.shape.length > 1 ? [rows, width] : [width], data: Float64Array.from(data.flat()) };
}

/** What the fixture calls one of our states: several names where ours is their concatenation. */
function theirs(state: string): string[] {
  const [instance, ...path] = state.split('/') as [string, ...string[]];
  const net = instance === 'f' ? 'encoder' : 'decoder';
  const leaf = path.at(-1) === 'weight' ? 'weight' : 'bias';
  const at = path.join('/');
  const linears: Record<string, string> = {
    linear_1: 'embed',
    'block_1/linear_1': 'block.mlp.first',
    'block_1/linear_2': 'block.mlp.second',
    'block_1/attention_1/linear_2': 'block.attention.out',
    linear_2: 'head',
  };
  const norms: Record<string, string> = {
    'block_1/layer_norm_1': 'block.norm1',
    'block_1/layer_norm_2': 'block.norm2',
    layer_norm_1: 'norm',
  };
  if (at === 'mask_token') return [`${net}.mask_token`];
  if (at.startsWith('block_1/attention_1/linear_1/'))
    return ['q', 'k', 'v'].map((part) => `${net}.block.attention.${part}.${leaf}`);
  const layer = at.replace(/(\/shift_1)?\/\w+$/, '');
  if (norms[layer]) return [`${net}.${norms[layer]}.${path.at(-1) === 'scale' ? 'scale' : 'shift'}`];
  return [`${net}.${linears[layer]}.${leaf}`];
}

const parameters = model.states.map((s) => s.name);

function named(from: Readonly<Record<string, Nested>>): Record<string, NdArray> {
  return Object.fromEntries(parameters.map((name) => [name, columns(theirs(name).map((t) => array(from[t]!)))]));
}

test('the parameters are the same ones', () => {
  expect(parameters.flatMap(theirs).sort()).toEqual(Object.keys(mae.parameters).sort());
});

test.each([
  ['encoder', 12],
  ['decoder', 8],
] as const)('the positions of the %s', (net, dim) => {
  const { value } = run('use std.vision { sincos_positions }', `sincos_positions(4, 4, ${dim})`, {});
  expect(distance(value!, array(mae[`${net}_positions`]))).toBeLessThan(1e-12);
});

describe.each([false, true])('optimized: %s', (optimized) => {
  test('the loss and the gradients of all weights', () => {
    const graph = lossGraph(model, { wrt: parameters, merged: false, optimized });
    const outputs = evaluate(graph, { p: array(mae.patches), keys: keys() }, named(mae.parameters));
    expectAgrees(outputs['loss']!, array(mae.biased.loss), 'loss');
    expectAgrees(outputs['call.0']!, array(mae.encoded), 'encoded');
    for (const [name, gradient] of Object.entries(named(mae.biased.gradients)))
      expectAgrees(outputs[`gradient.${name}`]!, gradient, `gradient of ${name}`);
  });
});
