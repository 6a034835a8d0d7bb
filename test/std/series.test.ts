/** std.series: what views leave, where corrupted features come from. */
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { lossGraph, typedModel } from '../reference/models.js';
import { prepare } from './run.js';

const steps = (n: number) => Array.from({ length: n }, (_, step) => ({ seed: 2, step }));
const series: NdArray = { shape: [12, 2], data: Float64Array.from({ length: 24 }, (_, i) => i) };

test('corrupt_features: exactly the share, each from the same column of some example', () => {
  const model = typedModel(
    `use std.series { corrupt_features }
model M {
  data x: [10]
  view a of x = corrupt_features(rate: 0.6)
  encoder f = keep
  minimize { loss: sum(f(a)) }
  representation f(x)
}
net keep()(x: [d]) -> [d] {
  param scale: [d] = ones([d])
  x * scale
}
`,
    8,
  );
  const graph = lossGraph(model, { merged: false, wrt: [] });
  const x = { shape: [8, 10], data: Float64Array.from({ length: 80 }, (_, i) => Math.floor(i / 10) * 100 + (i % 10)) };
  const scale = { shape: [10], data: new Float64Array(10).fill(1) };
  let same = 0;
  for (const draws of steps(40)) {
    const { outputs } = evaluateGraph(graph, { x }, { 'f/scale': scale }, draws);
    const { data } = outputs['call.0']!;
    for (let row = 0; row < 8; row++) {
      const changed = [...Array(10).keys()].filter((k) => data[row * 10 + k] !== x.data[row * 10 + k]);
      expect(changed.length).toBeLessThanOrEqual(6);
      same += 6 - changed.length;
      for (let k = 0; k < 10; k++) expect(data[row * 10 + k]! % 100).toBe(k);
    }
  }
  // A feature may be drawn from the example itself: one time in 8.
  expect(same / (40 * 8 * 6)).toBeGreaterThan(0.09);
  expect(same / (40 * 8 * 6)).toBeLessThan(0.16);
});

test('time_crop takes neighbours, from everywhere', () => {
  const crop = prepare('use std.series { time_crop }', 'time_crop(x, steps: 3)', { x: series });
  const starts = new Set<number>();
  for (const draws of steps(120)) {
    const data = Array.from(crop(draws)['value']!.data);
    expect(data).toEqual(data.map((_, i) => data[0]! + i));
    starts.add(data[0]! / 2);
  }
  expect(starts.size).toBe(10);
});

test('windows', () => {
  const { value } = prepare('use std.series { windows }', 'windows(x, size: 4, hop: 4)', { x: series })();
  expect(value!.shape).toEqual([3, 4, 2]);
  expect(Array.from(value!.data)).toEqual(Array.from(series.data));
});

test('time_mask hides whole runs', () => {
  const mask = prepare('use std.series { time_mask }', 'time_mask(x, ratio: 0.5, length: 3)', { x: series });
  for (const draws of steps(30)) {
    const { hidden, visible } = mask(draws) as Record<'hidden' | 'visible', NdArray>;
    expect(hidden.shape).toEqual([6]);
    expect([...hidden.data, ...visible.data].sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
    for (const at of [0, 3]) {
      expect(hidden.data[at]! % 3).toBe(0);
      expect(hidden.data[at + 2]).toBe(hidden.data[at]! + 2);
    }
  }
});

test('scaling keeps the form of each channel', () => {
  const { value } = prepare('use std.series { scaling }', 'scaling(x)', { x: series })(steps(1)[0]);
  const factor = value!.data[2]! / 2;
  for (let k = 1; k < 12; k++) expect(value!.data[2 * k]! / series.data[2 * k]!).toBeCloseTo(factor, 12);
});
