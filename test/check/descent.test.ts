/** The searches of the collapse analysis, on functions whose answers are known. */
import { expect, test } from 'vitest';
import { Descent } from '../../src/compiler/analyse/descend.js';
import type { Objective } from '../../src/compiler/analyse/objective.js';
import type { Outputs } from '../../src/compiler/analyse/outputs.js';
import { settledStates } from '../../src/compiler/analyse/settle.js';
import { ndarray } from '../../src/compiler/graph/ndarray.js';

/** Σ k² (x_k - 1)², a valley a hundred times as steep one way as the other, and how often it was evaluated. */
function valley(): { objective: Objective; counts: { values: number; gradients: number } } {
  const counts = { values: 0, gradients: 0 };
  const objective: Objective = {
    owners: ['f'],
    shapes: [[10]],
    hasChoices: false,
    isCostly: false,
    numbers: 10,
    at(outputs) {
      counts.values++;
      const { data } = outputs[0]!;
      return {
        outputs,
        value: data.reduce((sum, x, k) => sum + (k + 1) ** 2 * (x - 1) ** 2, 0),
        gradient() {
          counts.gradients++;
          return [
            ndarray(
              [10],
              data.map((x, k) => 2 * (k + 1) ** 2 * (x - 1)),
            ),
          ];
        },
      };
    },
    terms: () => [],
    hold: () => objective,
    facing: (start) => ({ objective, start }),
  };
  return { objective, counts };
}

const start: Outputs = [ndarray([10], new Array<number>(10).fill(0))];

test('a descent reaches the bottom of a narrow valley, and stops there', () => {
  const { objective, counts } = valley();
  const descent = new Descent(objective, start, (gradient) => gradient);
  descent.run(40);
  expect(descent.reached().value).toBeLessThan(1e-3);
  expect(counts.gradients).toBeLessThan(30);
  const { values } = counts;
  descent.run(0);
  expect(counts.values).toBe(values);
});

test('a descent ends once it is low enough, and along what its projection leaves', () => {
  const { objective } = valley();
  const early = new Descent(objective, start, (gradient) => gradient);
  early.run(40, 100);
  expect(early.point.value).toBeLessThan(100);
  expect(early.point.value).toBeGreaterThan(1e-3);
  const onlyFirst = new Descent(objective, start, (gradient) =>
    gradient.map(({ shape, data }) =>
      ndarray(
        shape,
        data.map((g, k) => (k === 0 ? g : 0)),
      ),
    ),
  );
  onlyFirst.run(40);
  const [first, ...others] = onlyFirst.point.outputs[0]!.data;
  expect(first).toBeCloseTo(1, 3);
  expect(others).toEqual(new Array<number>(9).fill(0));
});

/** The states after `steps` steps at most, and how many were taken. */
function settle(initial: readonly number[], steps: number, next: (state: Float64Array) => Float64Array) {
  let taken = 0;
  const step = ([state]: Outputs): Outputs => {
    taken++;
    return [ndarray(state!.shape, next(state!.data))];
  };
  const [state] = settledStates(step, [ndarray([initial.length], initial)], steps);
  return { state: [...state!.data], taken };
}

test('moving averages are taken at their limit after a few steps', () => {
  const { state, taken } = settle([0, 5, 2], 304, (s) => s.map((x, k) => 0.99 * x + 0.01 * k));
  for (const [k, x] of state.entries()) expect(x).toBeCloseTo(k, 5);
  expect(taken).toBeLessThan(10);
});

test('a queue is filled, and what grows without end is as it is after all steps', () => {
  const queue = settle([9, 8, 7, 6, 5], 304, (s) => Float64Array.of(1, ...s.subarray(0, 4)));
  expect(queue.state).toEqual([1, 1, 1, 1, 1]);
  expect(settle([0], 50, (s) => s.map((x) => x + 1)).state).toEqual([50]);
  // Twice as far with every step: its "limit" is behind it.
  expect(settle([1], 20, (s) => s.map((x) => 2 * x)).state).toEqual([2 ** 20]);
});
