/** std.memory: a reservoir is filled in order, and then holds each row of the stream with the same probability; what holds parameters where they were. */
import { expect, test } from 'vitest';
import { array, prepare, run } from './run.js';

const uses = 'use std.memory { reservoir, elastic }';

test('a reservoir is filled from the front', () => {
  const rows = array([[1], [2], [3]]);
  const { value } = run(
    uses,
    'reservoir(memory, rows, 1)',
    { memory: array([[9], [0], [0], [0], [0]]), rows },
    { seed: 0, step: 0 },
  );
  expect([...value!.data]).toEqual([9, 1, 2, 3, 0]);
});

test('a full reservoir holds each row of the stream with the same probability', () => {
  const [old, rows, seen, rounds] = [array([[1], [2], [3], [4], [5]]), array([[6], [7], [8], [9]]), array(5), 3000];
  const draw = prepare(uses, 'reservoir(memory, rows, seen)', { memory: old, rows, seen });
  const found = new Array<number>(9).fill(0);
  for (let round = 0; round < rounds; round++)
    for (const number of draw({ seed: round, step: 0 })['value']!.data) found[number - 1]!++;
  // Five of nine, 1,667 of 3,000 rounds, with a deviation of 27.
  for (const times of found) expect(Math.abs(times - (5 / 9) * rounds), found.join(' ')).toBeLessThan(110);
});

test('elastic', () => {
  const given = { now: array([1, 2, 3]), before: array([0, 2, 5]), importance: array([4, 7, 0.5]) };
  const { value } = run(uses, 'elastic(now, before, importance)', given);
  expect(value!.data[0]).toBeCloseTo((4 * 1 + 0.5 * 4) / 2, 12);
});
