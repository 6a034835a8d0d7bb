/** std.text: counts and shares of masks, spans that can be put together again, positions. */
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { array, prepare } from './run.js';

const steps = (n: number) => Array.from({ length: n }, (_, step) => ({ seed: 3, step }));
const ints = (n: number, at: (i: number) => number): NdArray => ({
  shape: [n],
  data: Float64Array.from({ length: n }, (_, i) => at(i)),
});

describe('bert_mask', () => {
  const x = ints(40, (i) => (i % 10 === 0 ? 1 : 100 + i));
  const mask = prepare('use std.text { bert_mask }', 'bert_mask(x, vocab: 1000, mask: 4, special: 5)', { x }, ['x']);

  test('hides 15 % of the tokens, never a special one, 80/10/10', () => {
    let [masked, random, same] = [0, 0, 0];
    for (const draws of steps(400)) {
      const { tokens, hidden, weight } = mask(draws) as Record<'tokens' | 'hidden' | 'weight', NdArray>;
      const positions = Array.from(hidden.data);
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      expect(positions.length).toBe(6);
      expect(Array.from(weight.data)).toEqual([1, 1, 1, 1, 1, 1]);
      for (let i = 0; i < 40; i++) {
        if (!positions.includes(i)) expect(tokens.data[i]).toBe(x.data[i]);
        else if (tokens.data[i] === 4) masked++;
        else if (tokens.data[i] === x.data[i]) same++;
        else {
          expect(tokens.data[i]).toBeGreaterThanOrEqual(5);
          expect(tokens.data[i]).toBeLessThan(1000);
          random++;
        }
        if (positions.includes(i)) expect(x.data[i]).toBeGreaterThanOrEqual(5);
      }
    }
    // Of 2,400, three standard deviations.
    expect(Math.abs(masked / 2400 - 0.8)).toBeLessThan(0.025);
    expect(Math.abs(random / 2400 - 0.1)).toBeLessThan(0.02);
    expect(Math.abs(same / 2400 - 0.1)).toBeLessThan(0.02);
  });

  test('is drawn anew in each step', () => {
    const [a, b] = steps(2).map((draws) => Array.from(mask(draws)['hidden']!.data).join());
    expect(a).not.toBe(b);
  });

  test('a text of special tokens alone has no weight', () => {
    const only = prepare(
      'use std.text { bert_mask }',
      'bert_mask(x, vocab: 50, mask: 4, special: 5)',
      {
        x: ints(20, () => 1),
      },
      ['x'],
    );
    expect(Array.from(only(steps(1)[0])['weight']!.data)).toEqual([0, 0, 0]);
  });
});

describe('span_corruption', () => {
  const n = 60;
  const x = ints(n, (i) => 10 + i);
  const corrupt = prepare('use std.text { span_corruption }', 'span_corruption(x, vocab: 200, end: 1)', { x }, ['x']);

  test('input and target together are the text', () => {
    const lengths = new Set<number>();
    for (const draws of steps(100)) {
      const { input, target, spans } = corrupt(draws) as Record<'input' | 'target' | 'spans', NdArray>;
      // T5's counts: 15 % left out, in spans of 3 on average, with a sentinel each and an end.
      expect(spans.data.reduce((sum, v) => sum + v, 0)).toBe(9);
      expect(input.shape).toEqual([60 - 9 + 3 + 1]);
      expect(target.shape).toEqual([9 + 3 + 1]);
      expect(input.data.at(-1)).toBe(1);
      expect(target.data.at(-1)).toBe(1);
      const left = new Map<number, number[]>();
      let sentinel = -1;
      for (const id of Array.from(target.data).slice(0, -1)) {
        if (id < 197) left.get(sentinel)!.push(id);
        else {
          sentinel = id;
          left.set(id, []);
        }
      }
      expect([...left.keys()]).toEqual([199, 198, 197]);
      for (const span of left.values()) lengths.add(span.length);
      const whole = Array.from(input.data)
        .slice(0, -1)
        .flatMap((id) => left.get(id) ?? [id]);
      expect(whole).toEqual(Array.from(x.data));
    }
    expect([...lengths].sort()).toEqual([1, 2, 3, 4, 5, 6, 7].filter((length) => lengths.has(length)));
    expect(lengths.size).toBeGreaterThan(3);
  });
});

test('shifted', () => {
  const { value } = prepare('use std.text { shifted }', 'shifted(x, start: 7)', { x: ints(4, (i) => i + 1) }, ['x'])();
  expect(Array.from(value!.data)).toEqual([7, 1, 2, 3]);
});

test('sinusoidal_positions are those of the paper', () => {
  const { value } = prepare('use std.text { sinusoidal_positions }', 'sinusoidal_positions(5, 6)', {})();
  const expected = [0, 1, 2, 3, 4].map((at) =>
    [0, 1, 2].flatMap((i) => [Math.sin(at / 10000 ** (i / 3)), Math.cos(at / 10000 ** (i / 3))]),
  );
  const wanted = array(expected);
  expect(value!.shape).toEqual(wanted.shape);
  for (const [k, v] of wanted.data.entries()) expect(value!.data[k]).toBeCloseTo(v, 12);
});
