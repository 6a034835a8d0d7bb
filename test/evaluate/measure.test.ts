/** The table of measures on a tiny model: what is shared, what is missing and why. */
import { describe, expect, test } from 'vitest';
import {
  checkFile,
  type MeasureName,
  measureNames,
  type RankingMeasure,
  rankingMeasures,
} from '../../src/compiler/index.js';
import type { Dataset } from '../../src/runtime/data/index.js';
import { mean } from '../../src/runtime/evaluate/hits.js';
import {
  type MeasureSettings,
  measure,
  measureInfos,
  plainAlgebra,
  prepareSubject,
  readLabels,
} from '../../src/runtime/evaluate/index.js';
import { measures, undrawnKeys } from '../../src/runtime/evaluate/measures/index.js';
import type { Batch, HostTensor, LoadedModel } from '../../src/runtime/model.js';
import { field, tinyDataset, tinyModel } from '../runtime/support.js';
import { library } from '../std/run.js';

/** With two views that are the example and a little more, and energies that are low where pairs belong together. */
function pairedModel(): LoadedModel {
  const model = tinyModel();
  const shape = (data: Float32Array, ...of: number[]): HostTensor => ({ shape: [model.batch, ...of], data });
  return {
    ...model,
    async representViews(batch: Batch) {
      const { data } = await model.represent(batch);
      const both = new Float32Array(2 * data.length);
      for (let i = 0; i < model.batch; i++) {
        both.set(data.subarray(3 * i, 3 * i + 3), 6 * i);
        both.set(
          data.subarray(3 * i, 3 * i + 3).map((v, k) => v + 0.01 * ((k + i) % 3)),
          6 * i + 3,
        );
      }
      return shape(both, 2, 3);
    },
    async pairEnergies(batch: Batch) {
      const x = batch['x']!.data;
      return shape(
        Float32Array.from({ length: 2 * model.batch }, (_, i) => (i % 2) + 0.4 * x[4 * (i >> 1)]!),
        2,
      );
    },
  };
}

function picturesOf(dataset: Dataset): Dataset {
  return { ...dataset, fields: [field('x', 'Image', 2, 2, 1), dataset.fields[1]!] };
}

const settings: MeasureSettings = {
  measures: measureNames,
  neighbours: 5,
  labels: [0.1, 1],
  transfers: ['tiny'],
  stages: ['first', 'second'],
};

async function measured(dataset: Dataset, changes: { model?: LoadedModel; raw?: boolean } = {}) {
  const { model = pairedModel(), raw = false } = changes;
  await model.init(1);
  let passes = 0;
  const counted: LoadedModel = {
    ...model,
    represent(batch) {
      passes++;
      return model.represent(batch);
    },
  };
  const labels = await readLabels(dataset);
  const transfers = labels ? [{ dataset, labels }] : [];
  // Two thirds right.
  const fineTuned = async () => Uint8Array.from({ length: dataset.size('test') }, (_, i) => Math.min(1, i % 3));
  const termCosines = async () => [
    { a: 'near', b: 'apart', start: 0.25, end: -0.5 },
    { a: 'near', b: 'size', start: 0.75, end: 0 },
  ];
  const stages = async () => [
    [0.75, 0.5],
    [0.5, 1],
  ];
  const pairModel = async () => ({
    model: { ...tinyModel(), represent: async () => ({ shape: [4, 4], data: new Float32Array(16) }) },
    fields: ['x'],
  });
  const trained = { seed: 1, algebra: plainAlgebra, transfers, fineTuned, termCosines, stages, pairModel };
  const shared = { name: 'trained', model: counted, raw, dataset, labels, ...trained };
  const found = await measure(await prepareSubject(shared), settings);
  return { ...found, passes: () => passes };
}

describe('the table', () => {
  test('has an entry for each name, and each key once', () => {
    expect(Object.keys(measures)).toEqual([...measureNames]);
    const keys = measureInfos(settings).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(measureInfos(settings).filter(({ isMain }) => isMain)).toHaveLength(1);
  });

  test('one figure of each measure that ranks is the main one, and has a better side', () => {
    const mainOf = (rankedBy: RankingMeasure | undefined, names: readonly MeasureName[] = measureNames) =>
      measureInfos({ ...settings, measures: names, rankedBy }).filter(({ isMain }) => isMain);
    for (const name of rankingMeasures) {
      expect(mainOf(name), name).toHaveLength(1);
      expect(mainOf(name)[0]!.better, name).not.toBe('neither');
    }
    expect(mainOf('linear')[0]!.key).toBe('linear.1');
    expect(mainOf('fine_tune')[0]!.key).toBe('fine_tune.1');
    expect(mainOf('pair_retrieval')[0]!.key).toBe('pair_retrieval.recall_1');
    const others = measureNames.filter((name) => !rankingMeasures.some((known) => known === name));
    for (const name of others)
      expect(
        measureInfos({ ...settings, measures: [name] }).map(({ better }) => better),
        name,
      ).not.toContain('higher');
    expect(mainOf(undefined, others)).toEqual([]);
  });

  test('everything at once: each value is there, accuracies are means of their scores', async () => {
    const found = await measured(picturesOf(tinyDataset(42)));
    expect(found.missing).toEqual({});
    expect(Object.keys(found.measures)).toEqual(measureInfos(settings).map(({ key }) => key));
    expect(Object.keys(found.scores)).toEqual([
      'knn',
      'linear.0.1',
      'linear.1',
      'fine_tune.0.1',
      'fine_tune.1',
      'retrieval.map',
      'retrieval.recall_1',
      'retrieval.recall_5',
      'pair_retrieval.recall_1',
      'pair_retrieval.recall_5',
    ]);
    for (const [key, scores] of Object.entries(found.scores)) {
      expect(scores).toHaveLength(42);
      expect(mean(scores)).toBeCloseTo(found.measures[key]!, 6);
    }
    expect(found.measures['fine_tune.1']).toBeCloseTo(2 / 3, 6);
    expect(found.measures['energy_gap']).toBe(1);
    expect(found.measures['gradient_conflict.start']).toBe(0.25);
    expect(found.measures['gradient_conflict.end']).toBe(-0.5);
    // All partners of an example are alike to this model.
    expect(found.measures['pair_retrieval.recall_1']).toBe(0);
    expect(found.measures).toMatchObject({ forgetting: 0.25, 'stage.1.2': 0.5, 'stage.2.1': 0.5, 'stage.2.2': 1 });
    expect(found.measures['transfer.tiny']).toBe(found.measures['linear.1']);
    // Train and test once for the data set, once for the one transferred to, and each corruption at two severities.
    expect(found.passes()).toBe(Math.ceil(42 / 4) * (2 + 2 + 5 * 2));
  });

  test('the same every time', async () => {
    const dataset = picturesOf(tinyDataset(42));
    expect((await measured(dataset)).measures).toEqual((await measured(dataset)).measures);
  });
});

describe('with another seed', () => {
  test('what is not drawn is taken over, the rest is computed', async () => {
    const dataset = picturesOf(tinyDataset(42));
    const model = pairedModel();
    await model.init(1);
    const labels = await readLabels(dataset);
    const fineTuned = async () => new Uint8Array(42);
    const transfers = [{ dataset, labels: labels! }];
    const about = {
      name: 'other',
      model,
      dataset,
      labels,
      algebra: plainAlgebra,
      fineTuned,
      transfers,
      termCosines: async () => [],
    };
    const keys = undrawnKeys(settings);
    const known = Object.fromEntries(keys.map((key) => [key, -7]));
    const subject = await prepareSubject({ ...about, seed: 2 });
    const found = await measure(subject, settings, () => {}, { measures: known, scores: {} });
    const fresh = await measure(await prepareSubject({ ...about, seed: 2 }), settings);
    for (const [key, value] of Object.entries(fresh.measures))
      expect(found.measures[key], key).toBe(keys.includes(key) ? -7 : value);
    // They are the same whatever the seed.
    const other = await measure(await prepareSubject({ ...about, seed: 3 }), settings);
    for (const key of keys.filter((each) => each !== 'linear.1')) expect(other.measures[key]).toBe(fresh.measures[key]);
    expect(keys).toEqual(expect.arrayContaining(['knn', 'linear.1', 'retrieval.map', 'rankme']));
    expect(keys).not.toContain('linear.0.1');
  });
});

describe('what cannot be measured is missing with its reason', () => {
  const reasons = (missing: Readonly<Record<string, string>>) => new Set(Object.values(missing));

  test('raw inputs have no views and no energy', async () => {
    const { missing } = await measured(tinyDataset(42), { raw: true });
    expect(Object.keys(missing).filter((key) => !key.startsWith('robustness'))).toEqual([
      'fine_tune.0.1',
      'fine_tune.1',
      'forgetting',
      'stage.1.1',
      'stage.1.2',
      'stage.2.1',
      'stage.2.2',
      'lidar',
      'alignment',
      'energy_gap',
      'energy_gap.deviations',
      'pair_retrieval.recall_1',
      'pair_retrieval.recall_5',
      'calibration',
    ]);
    expect(missing['robustness']).toBe('the inputs are no pictures');
  });

  test('no labels, one class', async () => {
    const dataset = tinyDataset(42);
    const none = await measured({ ...dataset, fields: dataset.fields.slice(0, 1) });
    expect(none.missing['knn']).toBe('the data set has no labels');
    expect(none.measures['rankme']).toBeGreaterThan(1);
    const one = await measured({
      ...dataset,
      async read(split, indices, names) {
        const batch = await dataset.read(split, indices, names);
        return batch['label']
          ? { ...batch, label: { ...batch['label'], data: new Int32Array(indices.length) } }
          : batch;
      },
    });
    expect(one.missing['linear.1']).toBe('all training examples are of one class');
    expect(one.measures['uniformity']).toBeLessThan(0);
  });

  test('NaN among the features: nothing is made up', async () => {
    const model = pairedModel();
    const broken: LoadedModel = {
      ...model,
      async represent(batch) {
        const { shape, data } = await model.represent(batch);
        return { shape, data: Float32Array.from(data, (v, i) => (i === 1 ? Number.NaN : v)) };
      },
    };
    const { measures: values, missing } = await measured(tinyDataset(42), { model: broken });
    expect(missing['knn']).toMatch(/^\d+ of 84 representations hold NaN or Infinity$/);
    const pairs = ['energy_gap', 'energy_gap.deviations', 'pair_retrieval.recall_1', 'pair_retrieval.recall_5'];
    const rest = ['calibration', 'gradient_conflict.start', 'gradient_conflict.end'];
    expect(Object.keys(values)).toEqual([...pairs, ...rest]);
  });

  test('fewer examples than k, and than a batch', async () => {
    const { measures: values } = await measured(tinyDataset(3));
    expect(values['knn']).toBeDefined();
    expect(reasons((await measured(tinyDataset(1))).missing)).toContain('1 test examples are too few');
  });
});

describe('the setting', () => {
  const file = (setting: string) =>
    checkFile(
      {
        path: 'test.ebm',
        text: `dataset d = mnist() { x: Image[28, 28, 1], label: Class[10] }
model M { data x: Image[28, 28, 1] param w: scalar = 1 minimize { fit: mean((w * x - 1) ^ 2) } representation w * mean(x, axis: 2) }
train M on d.train { epochs: 1 }
evaluate M on d { ${setting} }`,
      },
      library,
    );

  test('names measures and data sets', () => {
    const { evaluates, diagnostics } = file('measures: [knn, rankme, knn], transfer: d');
    expect(diagnostics).toEqual([]);
    expect(evaluates[0]).toMatchObject({ measures: ['knn', 'rankme'] satisfies MeasureName[], transfers: ['d'] });
    expect(file('knn: 5').evaluates[0]!.measures).toHaveLength(6);
  });

  test.each([
    ['measures: [retreival]', 'EBM2050', 'retrieval'],
    ['measures: []', 'EBM2051', ''],
    ['transfer: D', 'EBM2001', '`d`'],
  ])('%s', (setting, code, suggestion) => {
    const [found] = file(setting).diagnostics;
    expect(found!.code).toBe(code);
    expect(JSON.stringify(found)).toContain(suggestion);
  });
});
