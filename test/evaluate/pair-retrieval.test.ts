import { expect, test } from 'vitest';
import { allPairEnergies } from '../../src/runtime/evaluate/energies.js';
import { measures } from '../../src/runtime/evaluate/measures/index.js';
import type { Subject } from '../../src/runtime/evaluate/subject.js';
import { tinyDataset, tinyModel } from '../runtime/support.js';

/** The energy of two examples is how far apart their first values are; of the first and the next in the batch, as programs have it. */
function pairedModel() {
  const model = tinyModel();
  return {
    ...model,
    async pairEnergies(batch: Parameters<typeof model.represent>[0]) {
      const { shape, data } = batch['x']!;
      const first = (i: number): number => data[(i % model.batch) * (data.length / shape[0]!)]!;
      const both = Array.from({ length: model.batch }, (_, i) => [0, Math.abs(first(i) - first(i + 1))]).flat();
      return { shape: [model.batch, 2], data: Float32Array.from(both) };
    },
  };
}

test('each first argument with each other, whatever the batch', async () => {
  const dataset = tinyDataset(42);
  const { rows, columns, data } = await allPairEnergies(pairedModel(), dataset, 'test', 3, 7);
  expect([rows, columns]).toEqual([7, 7]);
  const at = (i: number, j: number): number => data[i * columns + j]!;
  for (let i = 0; i < rows; i++) {
    expect(at(i, i)).toBe(0);
    for (let j = 0; j < columns; j++) {
      expect(at(i, j)).toBe(at(j, i));
      // Distances on a line.
      if (i !== j) expect(at(i, j)).toBeGreaterThan(0);
      expect(at(i, j)).toBeLessThanOrEqual(at(i, 0) + at(0, j) + 1e-6);
    }
  }
});

test('recall counts those whose own partner is among the lowest; equal ones do not count', async () => {
  const rows = 10;
  const data = Float32Array.from({ length: rows * rows }, (_, k) => {
    const [i, j] = [Math.floor(k / rows), k % rows];
    // The own partner of row i is in place i.
    return i === j ? i - 0.5 : j < i ? j : j + 100;
  });
  const of = async (matrix: Float32Array) =>
    measures.pair_retrieval.compute(
      { allPairs: async () => ({ rows, columns: rows, data: matrix }) } as unknown as Subject,
      { measures: ['pair_retrieval'], neighbours: 1, labels: [] },
      new Set(),
    );
  expect(await of(data)).toEqual({
    'pair_retrieval.recall_1': { value: 0.1 },
    'pair_retrieval.recall_5': { value: 0.5 },
  });
  const same = await of(new Float32Array(rows * rows));
  expect(Object.values(same).map(({ value }) => value)).toEqual([0, 0]);
});
