import { expect, test } from 'vitest';
import { partnerPlaces } from '../../src/runtime/evaluate/energies.js';
import { measures } from '../../src/runtime/evaluate/measures/index.js';
import type { Subject } from '../../src/runtime/evaluate/subject.js';
import type { Batch, LoadedModel } from '../../src/runtime/model.js';
import { tinyDataset, tinyModel } from '../runtime/support.js';

/** Represents an example by an energy with each of its batch; keeps the batches that it saw. */
function pairsModel(batch: number, energy: (x: number, y: number) => number) {
  const seen: number[][] = [];
  const model: LoadedModel = {
    ...tinyModel({ batch }),
    async represent(given: Batch) {
      const { shape, data } = given['x']!;
      const first = Array.from({ length: batch }, (_, i) => data[i * (data.length / shape[0]!)]!);
      seen.push(first);
      return { shape: [batch, batch], data: Float32Array.from(first.flatMap((x) => first.map((y) => energy(x, y)))) };
    },
  };
  return { model, seen };
}

test('every example is asked for once, in groups of the batch, the last one made up with others', async () => {
  const dataset = tinyDataset(42);
  const count = dataset.size('test');
  const size = count - 2;
  const { model, seen } = pairsModel(size, (x, y) => Math.abs(x - y));
  expect(await partnerPlaces({ model, fields: ['x'] }, dataset, 'test')).toEqual(new Int32Array(count));
  expect(seen.map(({ length }) => length)).toEqual([size, size]);
  for (const group of seen) expect(new Set(group).size).toBe(size);
  expect(new Set(seen.flat()).size).toBe(count);
});

test('a place is how many others of the group have no higher an energy', async () => {
  const dataset = tinyDataset(42);
  const count = dataset.size('test');
  const { model, seen } = pairsModel(count, (_, y) => y);
  const places = await partnerPlaces({ model, fields: ['x'] }, dataset, 'test');
  const { data, shape } = (
    await dataset.read(
      'test',
      Array.from({ length: count }, (_, i) => i),
      ['x'],
    )
  )['x']!;
  const values = Array.from({ length: count }, (_, i) => data[i * (data.length / shape[0]!)]!);
  expect(new Set(seen[0])).toEqual(new Set(values));
  expect([...places]).toEqual(values.map((own) => values.filter((other) => other < own).length));
  const { model: constant } = pairsModel(count, () => 1);
  expect([...(await partnerPlaces({ model: constant, fields: ['x'] }, dataset, 'test'))]).toEqual(
    values.map(() => count - 1),
  );
});

test('recall counts those whose own partner is among the lowest', async () => {
  const of = async (places: readonly number[] | undefined) =>
    measures.pair_retrieval.compute(
      { partnerPlaces: async () => places && Int32Array.from(places) } as unknown as Subject,
      { measures: ['pair_retrieval'], neighbours: 1, labels: [] },
      new Set(),
    );
  expect(await of([0, 3, 5, 0, 4])).toEqual({
    'pair_retrieval.recall_1': { value: 0.4, scores: Uint8Array.of(1, 0, 0, 1, 0) },
    'pair_retrieval.recall_5': { value: 0.8, scores: Uint8Array.of(1, 1, 0, 1, 1) },
  });
  expect(await of(undefined)).toEqual({});
});
