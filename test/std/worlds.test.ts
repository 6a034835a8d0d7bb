/** std.worlds: a rollout applies the step to its own results, with the actions in their order. */
import { expect, test } from 'vitest';
import { array, run } from './run.js';

test('rollout', () => {
  const uses = 'use std.worlds { rollout }\nfn turned(z: [d], a: []) -> [d] = 2 * z + float(a)';
  const { value } = run(uses, 'rollout(turned, z, int(a))', { z: array([1, 2]), a: array([0, 1, 3]) });
  expect(value!.shape).toEqual([3, 2]);
  expect(Array.from(value!.data)).toEqual([2, 4, 5, 9, 13, 21]);
});
