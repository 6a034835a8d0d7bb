/** What HuBERT, wav2vec 2.0, DALL-E and CaSSLe are made of, against torchaudio, scipy and torch: values and gradients in float64. */
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { array, type Nested, run } from '../std/run.js';
import { draws, evaluate, expectAgrees, fixture, lossGraph, typedModel, type Values } from './models.js';

const given = fixture('units');

/** Twice the same example: gradients of their mean are half of one's, each. */
const twice = (a: NdArray): NdArray => ({ shape: [2, ...a.shape], data: Float64Array.from([...a.data, ...a.data]) });
const half = (a: NdArray): NdArray => ({ shape: a.shape, data: a.data.map((v) => v / 2) });

function outputsOf(model: string, batch: number, inputs: Values, states: Values, wrt: readonly string[]) {
  return evaluate(lossGraph(typedModel(model, batch), { wrt }), inputs, states);
}

test('cosine_transform and deltas', () => {
  const { bands, cepstra, deltas, second } = given.cepstra;
  const x = array(bands);
  const value = (expression: string) => run('use std.audio { cosine_transform, deltas }', expression, { x })['value']!;
  expectAgrees(value('cosine_transform(x, 13)'), array(cepstra), 'cepstra');
  expectAgrees(value('deltas(cosine_transform(x, 13))'), array(deltas), 'deltas');
  expectAgrees(value('deltas(deltas(cosine_transform(x, 13)))'), array(second), 'second deltas');
});

test('k_means as scipy takes its rounds', () => {
  const { points, start, rounds, centres } = given.k_means;
  const inputs = { points: array(points), start: array(start) };
  const { value } = run('use std.clustering { k_means }', `k_means(points, start, rounds: ${rounds})`, inputs, draws);
  expectAgrees(value!, array(centres), 'centres');
});

test('k_means puts a centre that nothing is nearest to on a point', () => {
  const { points, start } = given.k_means;
  const far = [[100, 100, 100], ...start.slice(1)];
  const inputs = { points: array(points), far: array(far) };
  const { value } = run('use std.clustering { k_means }', 'k_means(points, far, rounds: 1)', inputs, draws);
  const moved = [...value!.data.slice(0, 3)];
  expect(points).toContainEqual(moved);
});

test('units told by cosine, as examples/hubert.ebm tells them', () => {
  const { outputs, codes, targets, hidden, loss, gradients } = given.units;
  const found = outputsOf(
    `use std.energies { unit, sequence_cross_entropy }
model M {
  data outputs: [7, 4]
  data targets: Tokens[7, 5]
  data hidden: [7]
  param codes: [5, 4] = normal([5, 4])
  minimize { units: sequence_cross_entropy(matmul(unit(outputs), transpose(unit(codes))) / 0.1, targets, hidden) }
  representation outputs
}
`,
    2,
    { outputs: twice(array(outputs)), targets: twice(array(targets)), hidden: twice(array(hidden)) },
    { codes: array(codes) },
    ['outputs', 'codes'],
  );
  expectAgrees(found['loss']!, array(loss), 'loss');
  expectAgrees(found['gradient.codes']!, array(gradients.codes), 'gradient of codes');
  expectAgrees(found['gradient.outputs']!, half(twice(array(gradients.outputs))), 'gradient of outputs');
});

test.each([
  ['diversity', 'mean for group in 2: diversity(logits[:, group])'],
  ['divergence', 'mean(kl_to_uniform(logits))'],
] as const)('%s of choices', (name, term) => {
  const { loss, gradients } = given.entropy[name];
  const found = outputsOf(
    `use std.latents { diversity, kl_to_uniform }
model M {
  data logits: [7, 2, 5]
  minimize { loss: ${term} }
  representation logits
}
`,
    3,
    { logits: array(given.entropy.logits) },
    {},
    ['logits'],
  );
  // Logarithms are of shares plus 1e-7.
  const tolerance = name === 'diversity' ? 1e-4 : undefined;
  expectAgrees(found['loss']!, array(loss), 'loss', tolerance);
  expectAgrees(found['gradient.logits']!, array(gradients.logits), 'gradient', tolerance);
});

test('product_quantiser takes the codes of the largest logits', () => {
  const { x, kernel, bias, codes, weights, loss, gradients } = given.quantised;
  const found = outputsOf(
    `use std.latents { product_quantiser }
model M {
  data x: [6, 4]
  data weights: [6, 4]
  encoder q = product_quantiser(groups: 2, entries: 3, size: 4)
  minimize { loss: sum(q(x).vectors * weights) }
  representation q(x).vectors
}
`,
    2,
    { x: twice(array(x)), weights: twice(array(weights)) },
    { 'q/codes': array(codes), 'q/linear_1/weight': array(kernel), 'q/linear_1/shift_1/bias': array(bias) },
    ['q/codes'],
  );
  expectAgrees(found['loss']!, array(loss), 'loss');
  expectAgrees(found['gradient.q/codes']!, array(gradients.codes), 'gradient of codes');
});

test('recognition', () => {
  const { loss, gradients, ...points } = given.recognition;
  const names = Object.keys(points);
  const found = outputsOf(
    `use std.energies { cosine }
use std.regularizers { recognition }
fn first(v: [12]) -> [6] = v[0:6]
fn second(v: [12]) -> [6] = v[6:12]
model M {
${names.map((name) => `  data ${name}: [6]\n`).join('')}
  energy Kept(now, before) = cosine(first(now), second(before))
  let a = concat(now_a, before_a)
  let b = concat(now_b, before_b)
  minimize { loss: recognition(Kept, a, b) }
  representation a
}
`,
    8,
    Object.fromEntries(Object.entries(points as Record<string, Nested>).map(([name, value]) => [name, array(value)])),
    {},
    names,
  );
  expectAgrees(found['loss']!, array(loss), 'loss');
  for (const name of names) expectAgrees(found[`gradient.${name}`]!, array(gradients[name]), name);
});
