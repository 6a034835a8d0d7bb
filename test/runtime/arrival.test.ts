import { expect, test } from 'vitest';
import { ArrivalWatch } from '../../src/runtime/train/arrival.js';

/** VICReg's terms without variance: 0 for a constant representation. */
const constant = { invariance: 0, covariance: 0 };

function watch(losses: readonly number[], reason?: string, plateaus: Readonly<Record<string, number>> = constant) {
  const watched = new ArrivalWatch(
    () => plateaus,
    () => reason,
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
