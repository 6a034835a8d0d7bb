/** What a step says of the outputs that its terms compare, against the same computed from the outputs themselves. */
import { describe, expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.js';
import { rankOutput, spreadOutput } from '../../src/compiler/lower/output-gauges.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { draws, typedModel } from '../reference/models.js';

const batch = 5;
const text = `use std.layers { linear }
fn shifted(x: [n]) -> [n] = x + 1
model M {
  data x: [4]
  view b of x = shifted
  encoder f = linear(3)
  encoder g = linear(2)
  energy E(u, v) = sum((g(f(u)) - g(f(v))) ^ 2)
  minimize { near: E(x, b) }
  representation f(x)
}`;
const sgd = { optimizer: { name: 'sgd', settings: { rate: 0.1 } } } as const;
const array = (shape: readonly number[], at: (i: number) => number) => ({
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => at(i)),
});
const x = array([batch, 4], (i) => Math.sin(i * i));
const states = {
  'f/weight': array([4, 3], (i) => Math.cos(3 * i)),
  'f/shift_1/bias': array([3], () => 0.2),
  'g/weight': array([3, 2], (i) => Math.sin(2 * i + 1)),
  'g/shift_1/bias': array([2], (i) => 0.5 - i),
};

/** g(f(x + by)), a row an example. */
function outputs(by: number, given: typeof states): number[][] {
  const layer = (rows: number[][], name: 'f' | 'g') => {
    const { shape, data } = given[`${name}/weight`];
    const bias = given[`${name}/shift_1/bias`].data;
    return rows.map((row) => Array.from(bias, (b, j) => row.reduce((s, v, i) => s + v * data[i * shape[1]! + j]!, b)));
  };
  const rows = Array.from({ length: batch }, (_, k) => Array.from(x.data.slice(4 * k, 4 * k + 4), (v) => v + by));
  return layer(layer(rows, 'f'), 'g');
}

function gaugesOf(rows: number[][]) {
  const mean = rows[0]!.map((_, j) => rows.reduce((s, row) => s + row[j]! / batch, 0));
  const apart = rows.map((row) => row.map((v, j) => v - mean[j]!));
  const size = (values: number[][]) => values.flat().reduce((s, v) => s + v * v, 0);
  const cov = (i: number, j: number) => apart.reduce((s, row) => s + row[i]! * row[j]!, 0);
  const rank = (cov(0, 0) + cov(1, 1)) ** 2 / (cov(0, 0) ** 2 + 2 * cov(0, 1) ** 2 + cov(1, 1) ** 2);
  return { spread: Math.sqrt(size(apart) / size(rows)), rank };
}

function stepOf(given: typeof states, target: 'tfjs' | 'tensorflow' = 'tfjs') {
  const { step } = compileModel(typedModel(text, batch), { ...sgd, watchesOutputs: true }, target);
  return evaluateGraph(step, { x, rate: array([], () => 0.1) }, given, draws);
}

describe('output gauges', () => {
  test.each(['tfjs', 'tensorflow'] as const)('are means over the calls, which %s has merged or not', (target) => {
    const found = stepOf(states, target).outputs;
    const [a, b] = [gaugesOf(outputs(0, states)), gaugesOf(outputs(1, states))];
    expect(a.spread).not.toBeCloseTo(b.spread, 2);
    expect(found[spreadOutput]!.data[0]).toBeCloseTo((a.spread + b.spread) / 2, 10);
    expect(found[rankOutput]!.data[0]).toBeCloseTo((a.rank + b.rank) / 2, 10);
    expect(a.rank).toBeGreaterThan(1);
  });

  test('one direction is one, and equal outputs do not differ', () => {
    const line = { ...states, 'g/weight': array([3, 2], (i) => 1 + Math.floor(i / 2)) };
    expect(stepOf(line).outputs[rankOutput]!.data[0]).toBeCloseTo(1, 10);
    const same = { ...states, 'g/weight': array([3, 2], () => 0) };
    expect(stepOf(same).outputs[spreadOutput]!.data[0]).toBe(0);
    expect(stepOf(same).outputs[rankOutput]!.data[0]).toBe(0);
  });

  test('change nothing of the step, and are there only where asked for', () => {
    const { step } = compileModel(typedModel(text, batch), sgd);
    expect(Object.keys(step.outputs)).toEqual(['loss', 'term.near']);
    const without = evaluateGraph(step, { x, rate: array([], () => 0.1) }, states, draws);
    const asked = stepOf(states);
    expect(asked.updates).toEqual(without.updates);
    expect(asked.outputs['loss']).toEqual(without.outputs['loss']);
  });
});
