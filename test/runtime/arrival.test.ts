import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../../src/diagnostics/index.js';
import { ArrivalWatch } from '../../src/runtime/train/arrival.js';

/** VICReg's terms without variance: 0 for a constant representation. */
const constant = { invariance: 0, covariance: 0 };

function watch(losses: readonly number[], reason?: string, plateaus: Readonly<Record<string, number>> = constant) {
  const watched = new ArrivalWatch(
    () => plateaus,
    () => reason,
    () => undefined,
  );
  return losses.flatMap((loss, k) => {
    watched.add(loss);
    const said = watched.check(k + 1);
    return said ? [[said.code, k + 1, said.message] as const] : [];
  });
}

const falling = [17, 17, 17, 9, 4, 1.2, 0.3, 0.2];

test('a loss that goes to what equal outputs give is told once', () => {
  const said = watch(falling);
  expect(said.map(([code, step]) => [code, step])).toEqual([['EBM5022', 6]]);
  expect(said[0]![2]).toContain('from 17.00 to 1.200, and is 0.000');
});

test('not where something is known to keep examples apart', () => {
  expect(watch(falling, 'the target is a moving average')).toEqual([]);
});

test('not where a loss falls below it, or does not get there', () => {
  // ln 255: a contrastive loss leaves its plateau.
  expect(watch([5.55, 5.55, 5.55, 4, 3, 2, 2], undefined, { contrast: 5.541 })).toEqual([]);
  expect(watch([17, 17, 17, 9, 4, 3, 3])).toEqual([]);
});

describe('outputs that become alike', () => {
  /** What is told of losses, each with the spread and the rank of the outputs. */
  function told(steps: readonly (readonly [loss: number, spread: number, rank: number])[], reported?: string) {
    const watched = new ArrivalWatch(
      () => constant,
      () => undefined,
      () => reported,
    );
    return steps.flatMap(([loss, spread, rank], k) => {
      watched.add(loss, { 'gauge.output_spread': spread, 'gauge.output_rank': rank });
      return watched.check(k + 1) ?? [];
    });
  }
  const start = [
    [4, 0.8, 8],
    [4, 0.8, 8],
    [4, 0.8, 8],
  ] as const;

  test('are told once, with what was reported, before the loss is there', async () => {
    const found = told([...start, [3, 0.7, 6], [1.9, 0.6, 4], [1.5, 0.5, 2], [0.1, 0.4, 1.2]], 'EBM3001');
    expect(found.map(({ code }) => code)).toEqual(['EBM5023', 'EBM5022']);
    await expect(`${formatDiagnostic(found[0]!)}\n`).toMatchFileSnapshot('golden/EBM5023.txt');
  });

  test.each([
    ['where nothing was reported', [[1.9, 0.6, 4]], undefined],
    ['where half of their difference is left', [[1.9, 0.8, 4.1]], 'EBM3001'],
    ['where half of the way is left', [[2.1, 0.1, 1]], 'EBM3001'],
    ['where the loss is below what equal outputs give', [[-1, 0.1, 1]], 'EBM3001'],
  ] as const)('are not told %s', (_, rest, reported) => {
    expect(told([...start, ...rest], reported)).toEqual([]);
  });
});
