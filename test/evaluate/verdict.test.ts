import { describe, expect, test } from 'vitest';
import type { CurvePoint } from '../../src/runtime/compare/comparison.js';
import { type Symptoms, verdict } from '../../src/runtime/compare/verdict.js';

function curve(loss: (share: number) => number, count = 50): CurvePoint[] {
  return Array.from({ length: count }, (_, step) => {
    const value = loss(step / (count - 1));
    return { step, loss: value, terms: { contrast: value } };
  });
}

const settled = curve((share) => 2 + 3 * Math.exp(-12 * share));
const healthy: Symptoms = {
  curve: settled,
  plateaus: { contrast: Math.log(255) },
  measures: { spread: 0.8, rankme: 20 },
  dimensions: 64,
};

describe('verdicts', () => {
  test('no fault found, with the figures', () => {
    const { kind, reason } = verdict(healthy);
    expect(kind).toBe('no fault found');
    expect(reason).toBe('the loss fell from 5 to 2 and has levelled off, spread 0.8, RankMe 20 of 64');
  });

  test('collapsed: one point, or one direction', () => {
    expect(verdict({ ...healthy, measures: { spread: 0.01, rankme: 5 } })).toMatchObject({ kind: 'collapsed' });
    expect(verdict({ ...healthy, measures: { spread: 0.3, rankme: 1.2 } }).reason).toContain('1.2 of 64 dimensions');
    const gauges = settled.map((point) => ({ ...point, spread: 0.001 }));
    expect(verdict({ ...healthy, measures: {}, curve: gauges }).kind).toBe('collapsed');
  });

  test('on its plateau', () => {
    const flat = curve(() => 5.54);
    const found = verdict({ ...healthy, curve: flat });
    expect(found.kind).toBe('on its plateau');
    expect(found.reason).toContain('contrast 5.54 against 5.54');
    expect(verdict({ ...healthy, curve: flat, plateaus: undefined }).kind).toBe('no fault found');
    expect(verdict({ ...healthy, curve: flat, plateaus: { contrast: 4 } }).kind).toBe('no fault found');
  });

  test('under-trained: still falling by more than noise', () => {
    const falling = verdict({ ...healthy, curve: curve((share) => 5 - 3 * share) });
    expect(falling.kind).toBe('under-trained');
    expect(falling.reason).toContain('still falling');
    const noisy = curve((share) => 2 + Math.exp(-12 * share) + 0.5 * Math.sin(share * 1000));
    expect(verdict({ ...healthy, curve: noisy }).kind).toBe('no fault found');
  });

  test('a wrong gradient comes before all else', () => {
    expect(verdict({ ...healthy, measures: { spread: 0 }, gradientError: 0.02 }).kind).toBe('gradient wrong');
    expect(verdict({ ...healthy, gradientError: 1e-7 }).kind).toBe('no fault found');
  });

  test('too few figures', () => {
    expect(verdict({ curve: [], plateaus: undefined, measures: {}, dimensions: undefined })).toEqual({
      kind: 'no fault found',
      reason: 'there are too few figures to judge by',
    });
  });
});
