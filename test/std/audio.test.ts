/** std.audio's views: what they leave and what they change. */
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { prepare } from './run.js';

const steps = (n: number) => Array.from({ length: n }, (_, step) => ({ seed: 5, step }));
const ramp = (n: number): NdArray => ({ shape: [n], data: Float64Array.from({ length: n }, (_, i) => i + 1) });
const rms = (x: NdArray): number => Math.sqrt(x.data.reduce((sum, v) => sum + v * v, 0) / x.data.length);

test('crop_audio takes neighbours, from everywhere', () => {
  const crop = prepare('use std.audio { crop_audio }', 'crop_audio(x, size: 4)', { x: ramp(8) });
  const starts = new Set<number>();
  for (const draws of steps(100)) {
    const data = Array.from(crop(draws)['value']!.data);
    expect(data).toEqual([0, 1, 2, 3].map((k) => data[0]! + k));
    starts.add(data[0]!);
  }
  expect([...starts].sort()).toEqual([1, 2, 3, 4, 5]);
});

test('gain is within its decibels', () => {
  const change = prepare('use std.audio { gain }', 'gain(x, decibels: -6..6)', { x: ramp(10) });
  const factors = steps(200).map((draws) => 20 * Math.log10(change(draws)['value']!.data[3]! / 4));
  expect(Math.min(...factors)).toBeGreaterThan(-6);
  expect(Math.max(...factors)).toBeLessThan(6);
  expect(Math.max(...factors) - Math.min(...factors)).toBeGreaterThan(10);
});

test('noise has the power that is asked for', () => {
  const x = { shape: [4000], data: Float64Array.from({ length: 4000 }, (_, i) => Math.sin(i / 7)) };
  const { value } = prepare('use std.audio { noise }', 'noise(x, snr: 20..20)', { x })(steps(1)[0]);
  const added = { shape: [4000], data: value!.data.map((v, i) => v - x.data[i]!) };
  expect(20 * Math.log10(rms(x) / rms(added))).toBeCloseTo(20, 0);
});

test('time_mask and frequency_mask put the mean into one run', () => {
  const x = { shape: [12, 5], data: Float64Array.from({ length: 60 }, (_, i) => i * i) };
  const mean = x.data.reduce((a, b) => a + b, 0) / 60;
  for (const [name, axis] of [
    ['time_mask', 0],
    ['frequency_mask', 1],
  ] as const) {
    const mask = prepare(`use std.audio { ${name} }`, `${name}(x, longest: 4)`, { x });
    const lengths = new Set<number>();
    for (const draws of steps(60)) {
      const { data } = mask(draws)['value']!;
      const changed = [...data.keys()].filter((i) => Math.abs(data[i]! - x.data[i]!) > 1e-9);
      for (const i of changed) expect(data[i]).toBeCloseTo(mean, 9);
      const lines = [...new Set(changed.map((i) => (axis === 0 ? Math.floor(i / 5) : i % 5)))].sort((a, b) => a - b);
      expect(lines).toEqual(lines.map((_, k) => lines[0]! + k));
      expect(changed.length).toBe(lines.length * (axis === 0 ? 5 : 12));
      lengths.add(lines.length);
    }
    expect([...lengths].sort()).toEqual([0, 1, 2, 3, 4]);
  }
});

test('a view of silence is no constant, and still as good as silent', () => {
  const silent = { shape: [200], data: new Float64Array(200) };
  const { value } = prepare('use std.audio { audio_views }', 'audio_views(x, size: 100)', { x: silent })({
    seed: 5,
    step: 0,
  });
  expect(rms(value!)).toBeGreaterThan(5e-5);
  expect(rms(value!)).toBeLessThan(2e-4);
});
