/** The cross-entropy method finds points of least energy, of whole numbers and of others, and the same ones again. */
import { expect, test } from 'vitest';
import { leastEnergy } from '../../src/runtime/infer/cross-entropy.js';
import type { HostTensor } from '../../src/runtime/model.js';

/** Squared distance of each point to `goal`. */
const distance =
  (goal: readonly number[]) =>
  async ({ data, shape }: HostTensor): Promise<Float32Array> =>
    Float32Array.from({ length: shape[0]! }, (_, row) =>
      goal.reduce((sum, wanted, i) => sum + (data[row * goal.length + i]! - wanted) ** 2, 0),
    );

const settings = { rounds: 8, count: 200, seed: 1 };

test('of whole numbers', async () => {
  const goal = [3, 0, 2, 2, 1, 3, 0, 1, 2, 0];
  const find = () => leastEnergy({ kind: 'whole', below: 4 }, [10], settings, distance(goal));
  const found = await find();
  // One of 4¹⁰ points; 1,600 were looked at.
  expect([...found.point]).toEqual(goal);
  expect(found.energy).toBe(0);
  expect(found).toEqual(await find());
});

test('of numbers, within bounds', async () => {
  const mean = Float32Array.of(0, 0, 0);
  const numbers = { kind: 'real', mean, deviation: 1, bounds: [-1, 1.5] } as const;
  const { point } = await leastEnergy(numbers, [3], { ...settings, rounds: 30 }, distance([0.7, -0.4, 2]));
  for (const [i, wanted] of [0.7, -0.4, 1.5].entries()) expect(point[i]).toBeCloseTo(wanted, 2);
});

test('the best of all rounds, not of the last one', async () => {
  let round = 0;
  const rising = async ({ shape }: HostTensor) => new Float32Array(shape[0]!).fill(round++);
  const found = await leastEnergy({ kind: 'whole', below: 2 }, [4], settings, rising);
  expect(found.energy).toBe(0);
});
