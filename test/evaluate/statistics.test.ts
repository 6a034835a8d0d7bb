import { describe, expect, test } from 'vitest';
import { Bootstrap, resamplesFor } from '../../src/runtime/compare/statistics.js';
import { randomBits } from '../../src/runtime/data/index.js';
import { mean } from '../../src/runtime/evaluate/hits.js';

const bits = randomBits(11);
const draw = (share: number, count = 1000): Uint8Array =>
  Uint8Array.from({ length: count }, () => (bits() / 2 ** 32 < share ? 1 : 0));
const sample = (seed: number, scores: Uint8Array) => ({ seed, value: mean(scores), scores });

describe('summaries', () => {
  test('one seed without scores has no width; seeds alone have one', () => {
    const bootstrap = new Bootstrap();
    expect(bootstrap.summarize([{ seed: 0, value: 3 }])).toEqual({
      mean: 3,
      low: 3,
      high: 3,
      deviation: undefined,
      values: [3],
    });
    const { low, high, deviation } = bootstrap.summarize([1, 2, 3].map((value) => ({ seed: value, value })));
    expect(deviation).toBe(1);
    expect(low).toBeLessThan(1.2);
    expect(high).toBeGreaterThan(2.8);
  });

  test('seeds and examples both count, and the same samples give the same interval', () => {
    const samples = [0.7, 0.8, 0.9].map((share, seed) => sample(seed, draw(share)));
    const one = new Bootstrap().summarize([samples[1]!]);
    const all = new Bootstrap().summarize(samples);
    expect(all.high - all.low).toBeGreaterThan(1.5 * (one.high - one.low));
    expect(new Bootstrap().summarize(samples)).toEqual(all);
  });
});

describe('contrasts', () => {
  test('pairing shows a small difference on the same examples that intervals alone would hide', () => {
    const a = draw(0.8);
    // Right wherever a is, and on 15 examples more.
    let left = 15;
    const b = a.map((hit) => (hit === 0 && left-- > 0 ? 1 : hit));
    const bootstrap = new Bootstrap();
    const [first, second] = [bootstrap.summarize([sample(0, a)]), bootstrap.summarize([sample(0, b)])];
    expect(first.high).toBeGreaterThan(second.low);
    const found = bootstrap.contrast(
      'knn',
      { name: 'B', samples: [sample(0, b)] },
      { name: 'A', samples: [sample(0, a)] },
    );
    expect(found).toMatchObject({ a: 'B', b: 'A', isShown: true });
    expect(found!.difference).toBeCloseTo(0.015, 12);
  });

  test('the same competitor twice, noise, and a single number show no difference', () => {
    const bootstrap = new Bootstrap();
    const a = { name: 'A', samples: [0, 1, 2].map((seed) => sample(seed, draw(0.8))) };
    expect(bootstrap.contrast('knn', a, { ...a, name: 'B' })).toMatchObject({ difference: 0, isShown: false, p: 1 });
    const b = { name: 'B', samples: [0, 1, 2].map((seed) => sample(seed, draw(0.8))) };
    expect(bootstrap.contrast('knn', a, b)!.isShown).toBe(false);
    const numbers = (value: number) => ({ name: `${value}`, samples: [{ seed: 0, value }] });
    expect(bootstrap.contrast('rankme', numbers(1), numbers(2))).toMatchObject({
      difference: -1,
      isShown: false,
      p: 1,
    });
    expect(bootstrap.contrast('knn', a, { name: 'C', samples: [sample(7, draw(0.5))] })).toBeUndefined();
  });

  test('every pair, corrected for their number', () => {
    const competitors = [0.5, 0.6, 0.9].map((share) => ({
      name: `${share}`,
      samples: [0, 1, 2].map((seed) => sample(seed, draw(share))),
    }));
    const found = new Bootstrap().contrasts('knn', competitors);
    expect(found.map(({ a, b }) => `${a} ${b}`)).toEqual(['0.5 0.6', '0.5 0.9', '0.6 0.9']);
    expect(found.every(({ isShown }) => isShown)).toBe(true);
    for (const { p, adjusted } of found) expect(adjusted).toBeGreaterThanOrEqual(p);
  });

  test('of many pairs resamples are enough for those that are far apart to be told from chance', () => {
    const names = Array.from({ length: 22 }, (_, i) => i);
    const pairs = (names.length * (names.length - 1)) / 2;
    const competitors = names.map((i) => ({ name: `${i}`, samples: [sample(0, draw(i / 21, 300))] }));
    const adjusted = (resamples: number): number[] =>
      new Bootstrap(0, resamples).contrasts('knn', competitors).map((contrast) => contrast.adjusted);
    expect(resamplesFor(3)).toBe(2000);
    expect(Math.min(...adjusted(2000))).toBeGreaterThan(0.05);
    const found = adjusted(resamplesFor(pairs));
    expect(found).toHaveLength(pairs);
    expect(found.filter((p) => p < 0.05).length).toBeGreaterThan(pairs / 2);
    expect(Math.max(...found)).toBe(1);
    for (const count of [50, 231, 1000]) expect((2 * count) / (resamplesFor(count) + 1)).toBeLessThan(0.05);
  });

  test('many examples, sorted by class, drawn in groups: as wide as the deviation of their mean says', () => {
    // Nine of ten of the first half are right, one of ten of the second.
    const scores = [...draw(0.9, 5000), ...draw(0.1, 5000)];
    const { mean: share, low, high } = new Bootstrap().summarize([sample(0, Uint8Array.from(scores))]);
    const deviation = Math.sqrt((share * (1 - share)) / scores.length);
    expect((high - low) / (2 * 1.96 * deviation)).toBeGreaterThan(0.92);
    expect((high - low) / (2 * 1.96 * deviation)).toBeLessThan(1.08);
    expect((low + high) / 2).toBeCloseTo(share, 3);
    // A number that groups do not divide evenly.
    const all = new Bootstrap().summarize([sample(0, new Uint8Array(2555).fill(1))]);
    expect([all.low, all.high]).toEqual([1, 1]);
  });

  test('of competitors that do not differ, about one contrast in twenty is shown', () => {
    let shown = 0;
    const trials = 200;
    for (let trial = 0; trial < trials; trial++) {
      const [a, b] = ['A', 'B'].map((name) => ({ name, samples: [sample(0, draw(0.7, 300))] }));
      if (new Bootstrap(trial, 400).contrast('knn', a!, b!)!.isShown) shown++;
    }
    expect(shown / trials).toBeGreaterThan(0.01);
    expect(shown / trials).toBeLessThan(0.1);
  });
});
