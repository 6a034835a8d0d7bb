/** std.audio's encoder of waveforms, its positions and its contrast within one sound against torch. */
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { array, type Nested } from '../std/run.js';
import { evaluate, expectAgrees, fixture, lossGraph, relativeDistance, typedModel, type Values } from './models.js';

const given = fixture('speech');
const twice = (a: NdArray): NdArray => ({ shape: [2, ...a.shape], data: Float64Array.from([...a.data, ...a.data]) });

/** The loss of two equal examples and its gradients; `data` are inputs of one example, `states` parameters. */
function outputsOf(model: string, data: Readonly<Record<string, NdArray>>, states: Values) {
  const fields = Object.entries(data).map(([name, { shape }]) => `  data ${name}: [${shape}]\n`);
  const typed = typedModel(model.replace('DATA', fields.join('')), 2);
  const inputs = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, twice(value)]));
  return evaluate(lossGraph(typed, { wrt: [...Object.keys(data), ...Object.keys(states)] }), inputs, states);
}

/** Of the mean over two equal examples: each has half of the gradient. */
function expectGradient(found: NdArray, expected: Nested) {
  const whole = { shape: found.shape, data: found.data.map((v) => 2 * v) };
  expect(relativeDistance(whole, twice(array(expected)))).toBeLessThan(1e-9);
}

test('waveform_encoder and its gradients', () => {
  const { x, weights, kernels, loss, gradients } = given.encoder;
  const width = 4;
  const states: Record<string, NdArray> = {};
  kernels.forEach((kernel: Nested, k: number) => {
    states[`f/conv_time_${k + 1}/weight`] = array(kernel);
    states[`f/layer_norm_${k + 1}/scale`] = { shape: [width], data: new Float64Array(width).fill(1) };
    states[`f/layer_norm_${k + 1}/bias`] = { shape: [width], data: new Float64Array(width) };
  });
  const outputs = outputsOf(
    `use std.audio { waveform_encoder }
model M {
DATA  encoder f = waveform_encoder(width: 4)
  minimize { loss: sum(f(x) * weights) }
  representation f(x)
}
`,
    { x: array(x), weights: array(weights) },
    states,
  );
  expectAgrees(outputs['loss']!, array(loss), 'loss', 1e-9);
  expectGradient(outputs['gradient.x']!, gradients.x);
  kernels.forEach((_: Nested, k: number) => {
    const name = `f/conv_time_${k + 1}/weight`;
    expectAgrees(outputs[`gradient.${name}`]!, array(gradients[`kernel${k + 1}`]), name, 1e-9);
  });
});

test('convolutional_positions', () => {
  const { x, kernel, bias, out } = given.positions;
  const outputs = outputsOf(
    `use std.audio { convolutional_positions }
model M {
DATA  encoder f = convolutional_positions(kernel: 3)
  minimize { loss: sum(square(f(x) - expected)) }
  representation f(x)
}
`,
    { x: array(x), expected: array(out) },
    { 'f/conv_time_1/weight': array(kernel), 'f/conv_time_1/shift_1/bias': array(bias) },
  );
  expect(outputs['loss']!.data[0]).toBeLessThan(1e-18);
});

test.each([
  ['contrast', ''],
  ['contrast_unlike', ', keep_alike: false'],
] as const)('contrast_in_sound, all hidden steps as distractors: %s', (name, setting) => {
  const { context, quantised, hidden, loss, gradients } = given[name];
  const outputs = outputsOf(
    `use std.audio { contrast_in_sound }
model M {
DATA  minimize { loss: contrast_in_sound(context, quantised, hidden${setting}) }
  representation context
}
`,
    { context: array(context), quantised: array(quantised), hidden: array(hidden) },
    {},
  );
  expectAgrees(outputs['loss']!, array(loss), 'loss', 1e-9);
  expectGradient(outputs['gradient.context']!, gradients.context);
  expectGradient(outputs['gradient.quantised']!, gradients.quantised);
});
