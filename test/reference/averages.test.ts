/** Moving averages after a step: decay * old + (1 - decay) * the mean over views. */
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { draws, expectAgrees, numbers, typedModel } from './models.js';

const batch = 6;

function program(decay: string, terms: string) {
  const model = typedModel(
    `use std.layers { batch_norm }
model M {
  data a: [2, 3]
  data b: [2, 3]
  encoder f = batch_norm(${decay})
  minimize { ${terms} }
  representation f(a)
}
`,
    batch,
  );
  return compileModel(model, { optimizer: { name: 'sgd', settings: { rate: 0.1, momentum: 0, decay: 0 } } });
}

/** The mean and the biased variance of each channel over examples and positions. */
function statistics({ data }: NdArray): { average: number[]; variance: number[] } {
  const channels = [0, 1, 2].map((c) => [...data].filter((_, i) => i % 3 === c));
  const mean = (x: readonly number[]): number => x.reduce((sum, v) => sum + v, 0) / x.length;
  const average = channels.map(mean);
  return { average, variance: channels.map((x, c) => mean(x.map((v) => (v - average[c]!) ** 2))) };
}

const a = numbers([batch, 2, 3], 1);
const b = { shape: [batch, 2, 3], data: numbers([batch, 2, 3], 2).data.map((x) => 3 * x + 1) };
const old = { average: [0.5, -1, 2], variance: [1.5, 0.25, 4] };
const vector = (data: readonly number[]): NdArray => ({ shape: [data.length], data: Float64Array.from(data) });

describe.each([
  ['two views of one shape', 'one: sum(f(a) * a), two: sum(f(b) * b)', [a, b]],
  ['one view', 'one: sum(f(a) * a) + sum(b)', [a]],
  ['one view called twice', 'one: sum(f(a) * a) + sum(f(a) * b)', [a]],
  ['views of two shapes', 'one: sum(f(a) * a) + sum(f(concat(b, b, axis: 0)))', [a, b]],
] as const)('%s', (_, terms, views) => {
  test.each([
    ['', 0.9],
    ['decay: 0.75', 0.75],
  ] as const)('batch_norm(%s)', (setting, decay) => {
    const plain = program(setting, terms);
    const states = {
      'f/scale': vector([1, 2, 3]),
      'f/bias': vector([0.5, 0, -1]),
      'f/average': vector(old.average),
      'f/variance': vector(old.variance),
    };
    const inputs = { a, b, rate: { shape: [], data: Float64Array.of(0.1) } };
    const found = views.map(statistics);
    for (const { step } of [plain, optimizeProgram(plain)]) {
      const { updates } = evaluateGraph(step, inputs, states, draws);
      for (const name of ['average', 'variance'] as const) {
        const next = old[name].map(
          (x, c) => decay * x + (1 - decay) * (found.reduce((sum, s) => sum + s[name][c]!, 0) / found.length),
        );
        expectAgrees(updates[`f/${name}`]!, vector(next), name);
      }
    }
  });
});

test('the averages start at mean 0 and variance 1, and the representation uses them', () => {
  const { init, represent } = program('', 'one: sum(f(a) * a) + sum(b)');
  const states = evaluateGraph(init, {}, {}, draws).updates;
  expect([...states['f/average']!.data, ...states['f/variance']!.data]).toEqual([0, 0, 0, 1, 1, 1]);
  const { outputs } = evaluateGraph(represent, { a }, states, draws);
  expectAgrees(
    outputs['representation']!,
    { ...a, data: a.data.map((x) => x / Math.sqrt(1 + 1e-5)) },
    'representation',
  );
});
