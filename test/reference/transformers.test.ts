/** Masked attention, transformer blocks and token cross-entropy against torch's modules: outputs and gradients. */
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { array, type Nested } from '../std/run.js';
import { evaluate, expectAgrees, fixture, lossGraph, typedModel } from './models.js';

interface Expected {
  readonly norm: 'pre' | 'post';
  readonly activation: string;
  readonly mask: 'causal' | 'padding';
  readonly inputs: Readonly<Record<string, Nested>>;
  readonly parameters: Readonly<Record<string, Nested>>;
  readonly weights: Nested;
  readonly out: Nested;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Nested>>;
}

const given = fixture('transformers');

interface Place {
  readonly ours: string;
  /** torch's, and of a matrix that torch fuses, which part of its last axis, as shares. */
  readonly theirs: string;
  readonly part?: readonly [number, number] | undefined;
}

function dense(ours: string, theirs: string, part?: readonly [number, number]): readonly Place[] {
  return [
    { ours: `f/${ours}/linear_1/weight`, theirs: `${theirs}weight`, part },
    { ours: `f/${ours}/linear_1/shift_1/bias`, theirs: `${theirs}bias`, part },
  ];
}

const norms = (count: number): readonly Place[] =>
  Array.from({ length: count }, (_, k) => [
    { ours: `f/layer_norm_${k + 1}/scale`, theirs: `norm${k + 1}.scale` },
    { ours: `f/layer_norm_${k + 1}/bias`, theirs: `norm${k + 1}.shift` },
  ]).flat();

const inBlock = [
  ...dense('self_attention_1/dense_1', 'self.in.'),
  ...dense('self_attention_1/dense_2', 'self.out.'),
  ...dense('feed_forward_1/dense_1', 'first.'),
  ...dense('feed_forward_1/dense_2', 'second.'),
];
const inCross = [
  ...dense('cross_attention_1/dense_1', 'cross.in.', [0, 1 / 3]),
  ...dense('cross_attention_1/dense_2', 'cross.in.', [1 / 3, 1]),
  ...dense('cross_attention_1/dense_3', 'cross.out.'),
];

/** Columns of the last axis, by shares of it. */
function columns(x: NdArray, [from, to]: readonly [number, number] = [0, 1]): NdArray {
  const width = x.shape.at(-1)!;
  const [a, b] = [Math.round(from * width), Math.round(to * width)];
  const data: number[] = [];
  for (let at = 0; at < x.data.length; at += width) data.push(...x.data.slice(at + a, at + b));
  return { shape: [...x.shape.slice(0, -1), b - a], data: Float64Array.from(data) };
}

function check(
  layer: string,
  call: string,
  data: string,
  places: readonly Place[],
  expected: Expected,
  more: Readonly<Record<string, NdArray>>,
  optimized: boolean,
) {
  const weights = array(expected.weights);
  const inputs = Object.fromEntries(Object.entries(expected.inputs).map(([name, v]) => [name, array(v)]));
  const batch = weights.shape[0]!;
  const model = typedModel(
    `use std.transformers { block, cross_block, causal, present_keys, gelu_tanh }
use std.layers { gelu }
model M {
  ${data}
  data weights: [${weights.shape.slice(1)}]
  encoder f = ${layer}
  let out = ${call}
  minimize { loss: ${batch} * sum(out * weights) }
  representation sum(out, axis: 0)
}
`,
    batch,
  );
  const pick = (from: Readonly<Record<string, Nested>>) =>
    Object.fromEntries(places.map(({ ours, theirs, part }) => [ours, columns(array(from[theirs]!), part)]));
  const states = pick(expected.parameters);
  expect(
    model.states
      .filter((s) => s.role === 'parameter')
      .map((s) => s.name)
      .sort(),
  ).toEqual(Object.keys(states).sort());
  const wrt = [...Object.keys(inputs), ...Object.keys(states)];
  const outputs = evaluate(
    lossGraph(model, { wrt, merged: false, optimized }),
    { ...inputs, ...more, weights },
    states,
  );
  expectAgrees(outputs['call.0']!, array(expected.out), 'out');
  expectAgrees(outputs['loss']!, array(expected.loss), 'loss');
  for (const name of Object.keys(inputs))
    expectAgrees(outputs[`gradient.${name}`]!, array(expected.gradients[name]!), `gradient of ${name}`);
  for (const [name, gradient] of Object.entries(pick(expected.gradients)))
    expectAgrees(outputs[`gradient.${name}`]!, gradient, `gradient of ${name}`);
}

describe.each([false, true])('optimized: %s', (optimized) => {
  test.each<[string, Expected]>(given.blocks.map((c: Expected) => [`${c.norm}-norm, ${c.activation}, ${c.mask}`, c]))(
    'block: %s',
    (_, expected) => {
      const causal = expected.mask === 'causal';
      check(
        `block(${given.heads}, norm: "${expected.norm}", ratio: 3, activation: ${expected.activation})`,
        `f(x, ${causal ? 'causal(5)' : 'present_keys(present, 5)'})`,
        causal ? 'data x: [5, 8]' : 'data x: [5, 8]\n  data present: [5]',
        [...inBlock, ...norms(2)],
        expected,
        causal ? {} : { present: array(given.present) },
        optimized,
      );
    },
  );

  test.each<[string, Expected]>(given.cross_blocks.map((c: Expected) => [`${c.norm}-norm`, c]))(
    'cross_block: %s',
    (_, expected) => {
      check(
        `cross_block(${given.heads}, norm: "${expected.norm}", ratio: 3, activation: relu)`,
        'f(x, memory, causal(5), present_keys(present, 5))',
        'data x: [5, 8]\n  data memory: [4, 8]\n  data present: [4]',
        [...inBlock, ...inCross, ...norms(3)],
        expected,
        { present: array(given.memory_present) },
        optimized,
      );
    },
  );

  test('sequence_cross_entropy', () => {
    const { logits, y, present, loss, gradients } = given.cross_entropy;
    const model = typedModel(
      `use std.energies { sequence_cross_entropy }
model M {
  data logits: [5, 7]
  data y: Tokens[5, 7]
  data present: [5]
  minimize { loss: 2 * sequence_cross_entropy(logits, y, present) }
  representation sum(logits, axis: 0)
}
`,
      2,
    );
    const inputs = { logits: array(logits), y: array(y), present: array(present) };
    const outputs = evaluate(lossGraph(model, { wrt: ['logits'], optimized }), inputs);
    expectAgrees(outputs['loss']!, array(loss), 'loss');
    expectAgrees(outputs['gradient.logits']!, array(gradients.logits), 'gradient of logits');
  });
});
