/** The standard layers against torch's: outputs, and gradients by input and parameters. */
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { array, type Nested } from '../std/run.js';
import { evaluate, expectAgrees, fixture, lossGraph, typedModel, type Values } from './models.js';

interface Expected {
  readonly x: Nested;
  readonly parameters: Readonly<Record<string, Nested>>;
  readonly weights: Nested;
  readonly out: Nested;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Nested>>;
}

interface Case {
  readonly name: string;
  readonly layer: string;
  readonly expected: Expected;
  /** Our parameter → the fixture's, several where ours is their concatenation along the last axis. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

const layers = fixture('layers');

const norm = { 'f/scale': ['scale'], 'f/bias': ['shift'] };

function convolved(level: number, k: number): [ours: string, theirs: string[]][] {
  const ours = `f/double_conv_${level}`;
  return [
    [`${ours}/conv_${k}/weight`, [`${level}.conv${k}`]],
    [`${ours}/group_norm_${k}/scale`, [`${level}.scale${k}`]],
    [`${ours}/group_norm_${k}/bias`, [`${level}.shift${k}`]],
  ];
}

const cases: readonly Case[] = [
  {
    name: 'linear',
    layer: 'linear(7)',
    expected: layers.linear,
    parameters: { 'f/weight': ['weight'], 'f/shift_1/bias': ['bias'] },
  },
  ...layers.conv2d.map(
    (expected: Expected & { stride: number }): Case => ({
      name: `conv of ${array(expected.x).shape.slice(1, 3).join(' by ')}, stride ${expected.stride}`,
      layer: `conv(4, stride: ${expected.stride})`,
      expected,
      parameters: { 'f/weight': ['filter'] },
    }),
  ),
  { name: 'batch_norm', layer: 'batch_norm', expected: layers.batch_norm, parameters: norm },
  ...layers.layer_norm.map(
    (expected: Expected & { eps: number }): Case => ({
      name: `layer_norm, eps ${expected.eps}`,
      layer: `layer_norm(eps: ${expected.eps.toFixed(6)})`,
      expected,
      parameters: norm,
    }),
  ),
  {
    name: 'group_norm',
    layer: `group_norm(${layers.group_norm.groups})`,
    expected: layers.group_norm,
    parameters: norm,
  },
  { name: 'upsample', layer: `enlarged(${layers.upsample.factor})`, expected: layers.upsample, parameters: {} },
  {
    name: 'u_net',
    layer: 'u_net(1, width: 4, depth: 2, groups: 2)',
    expected: layers.u_net,
    parameters: {
      ...Object.fromEntries([1, 2, 3, 4, 5].flatMap((level) => [1, 2].flatMap((k) => convolved(level, k)))),
      'f/conv_1/weight': ['last.weight'],
      'f/conv_1/shift_1/bias': ['last.bias'],
    },
  },
  { name: 'gelu', layer: 'activation', expected: layers.gelu, parameters: {} },
  {
    name: 'attention',
    layer: `attention(${layers.attention.heads})`,
    expected: layers.attention,
    parameters: {
      'f/linear_1/weight': ['q.weight', 'k.weight', 'v.weight'],
      'f/linear_1/shift_1/bias': ['q.bias', 'k.bias', 'v.bias'],
      'f/linear_2/weight': ['out.weight'],
      'f/linear_2/shift_1/bias': ['out.bias'],
    },
  },
];

function joined(parts: readonly NdArray[]): NdArray {
  const rows = parts[0]!.shape.slice(0, -1);
  const widths = parts.map((part) => part.shape.at(-1)!);
  const count = rows.reduce((product, d) => product * d, 1);
  const data: number[] = [];
  for (let row = 0; row < count; row++)
    for (const [k, part] of parts.entries()) data.push(...part.data.slice(row * widths[k]!, (row + 1) * widths[k]!));
  return { shape: [...rows, widths.reduce((sum, w) => sum + w)], data: Float64Array.from(data) };
}

function named({ parameters }: Case, from: Readonly<Record<string, Nested>>): Values {
  return Object.fromEntries(
    Object.entries(parameters).map(([ours, theirs]) => [ours, joined(theirs.map((name) => array(from[name]!)))]),
  );
}

describe.each([false, true])('optimized: %s', (optimized) => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, c) => {
    const { expected } = c;
    const x = array(expected.x);
    const weights = array(expected.weights);
    const [batch] = x.shape as [number];
    // The fixture's loss is a sum over examples, a model's the mean.
    const model = typedModel(
      `use std.layers { linear, conv, batch_norm, layer_norm, group_norm, upsample, gelu, attention }
use std.networks { u_net }
net enlarged(factor: int)(x: [h, w, c]) { x |> upsample(factor) }
net activation()(x: [..., d]) -> [..., d] {
  gelu(x)
}
model M {
  data x: [${x.shape.slice(1)}]
  data weights: [${weights.shape.slice(1)}]
  encoder f = ${c.layer}
  minimize { loss: ${batch} * sum(f(x) * weights) }
  representation f(x)
}
`,
      batch,
    );
    const states = named(c, expected.parameters);
    expect(model.states.filter((s) => s.role === 'parameter').map((s) => s.name)).toEqual(
      expect.arrayContaining(Object.keys(states)),
    );
    const wrt = ['x', ...Object.keys(states)];
    const outputs = evaluate(lossGraph(model, { wrt, merged: false, optimized }), { x, weights }, states);
    expectAgrees(outputs['call.0']!, array(expected.out), 'out');
    expectAgrees(outputs['loss']!, array(expected.loss), 'loss');
    expectAgrees(outputs['gradient.x']!, array(expected.gradients['x']!), 'gradient of x');
    for (const [name, gradient] of Object.entries(named(c, expected.gradients)))
      expectAgrees(outputs[`gradient.${name}`]!, gradient, `gradient of ${name}`);
  });
});
