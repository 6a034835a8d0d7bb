/** The parts of a comparison's work. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CompareDecl, DatasetDecl, TrainDecl } from '../../src/compiler/declarations.js';
import { readLog } from '../../src/runtime/compare/curve.js';
import { hashData } from '../../src/runtime/compare/data-hash.js';
import { rungs } from '../../src/runtime/compare/halving.js';
import { holdOut } from '../../src/runtime/compare/hold-out.js';
import { evaluationKey, type Job, trainingKey } from '../../src/runtime/compare/job.js';
import { Queue } from '../../src/runtime/compare/queue.js';
import { trialMeasures, trialSettings } from '../../src/runtime/compare/trial.js';
import { tune } from '../../src/runtime/compare/tune.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { readClasses } from '../../src/runtime/data/select/read-classes.js';

const span = { source: { path: 't.ebm', text: '' }, start: 0, end: 0 };

describe('settings are chosen', () => {
  test('by grid: all get everything, the best is first', async () => {
    const asked: [number, number][] = [];
    const tuning = await tune(3, { name: 'grid', factor: 1 }, async (variant, share) => {
      asked.push([variant, share]);
      return [[0.2, 0.9, 0.5][variant]!];
    });
    expect(asked).toEqual([
      [0, 1],
      [1, 1],
      [2, 1],
    ]);
    expect(tuning).toEqual({
      chosen: 1,
      by: 0,
      tried: [
        { variant: 1, score: 0.9 },
        { variant: 2, score: 0.5 },
        { variant: 0, score: 0.2 },
      ],
    });
  });

  test('by halving: the worse half leaves, the others get twice as much', async () => {
    const asked: [number, number][] = [];
    const tuning = await tune(4, { name: 'halving', factor: 2 }, async (variant, share) => {
      asked.push([variant, share]);
      // The last one is slow to start.
      return [variant === 3 ? share : 0.1 * variant];
    });
    expect(asked).toEqual([
      [0, 0.5],
      [1, 0.5],
      [2, 0.5],
      [3, 0.5],
      [3, 1],
      [2, 1],
    ]);
    expect(tuning?.chosen).toBe(3);
    expect(tuning?.tried.map(({ variant }) => variant)).toEqual([3, 2, 1, 0]);
  });

  test('one way needs no trial; a stop leaves no choice; what failed is last', async () => {
    const never = async () => {
      throw new Error('asked');
    };
    expect(await tune(1, { name: 'grid', factor: 1 }, never)).toEqual({ chosen: 0, by: 0, tried: [] });
    expect(await tune(2, { name: 'grid', factor: 1 }, async () => undefined)).toBeUndefined();
    const failing = await tune(2, { name: 'grid', factor: 1 }, async (v) => (v === 0 ? [] : [0]));
    expect(failing?.chosen).toBe(1);
    expect((await tune(2, { name: 'grid', factor: 1 }, async () => []))?.chosen).toBe(0);
  });

  test('by the first score that any has, from the first training on', async () => {
    const scores = [[undefined, 0.9], [0.2, 0.1], [0.3, 0.2], []] as const;
    const grid = await tune(4, { name: 'grid', factor: 1 }, async (v) => scores[v]);
    expect(grid).toMatchObject({ chosen: 2, by: 0 });
    expect(grid?.tried.at(-1)?.score).toBe(Number.NEGATIVE_INFINITY);
    const second = await tune(4, { name: 'grid', factor: 1 }, async (v) => [undefined, v === 2 ? 0.7 : 0.1]);
    expect(second).toMatchObject({ chosen: 2, by: 1 });
    const halving = await tune(4, { name: 'halving', factor: 2 }, async (v, share) =>
      share < 1 ? [undefined, v] : [-v, v],
    );
    expect(halving).toMatchObject({ chosen: 3, by: 1 });
  });

  test('by what the comparison names to rank, with its labels; an encoder of labels by what it has', () => {
    const settings = { neighbours: 5, labels: [0.1, 1], measures: ['knn', 'linear', 'pair_retrieval', 'forgetting'] };
    const judged = (tunedBy: string | undefined, kind: Job['kind'], isLabelled = true) => {
      const decl = { tunedBy, evaluate: settings, stages: ['a', 'b'] } as unknown as CompareDecl;
      const { labels, measures } = trialSettings(decl, kind, isLabelled);
      expect(measures).toHaveLength(trialMeasures(decl, kind, isLabelled).length);
      expect(labels).toEqual([1]);
      return trialMeasures(decl, kind, isLabelled).map(({ key, better }) => `${key} ${better}`);
    };
    expect(judged(undefined, 'objective')).toEqual(['knn higher']);
    expect(judged(undefined, 'objective', false)).toEqual(['rankme neither']);
    expect(judged('knn', 'objective')).toEqual(['knn higher']);
    expect(judged('linear', 'objective')).toEqual(['linear.1 higher', 'knn higher']);
    expect(judged('linear', 'supervised')).toEqual(['linear.1 higher', 'knn higher']);
    expect(judged('pair_retrieval', 'objective')).toEqual(['pair_retrieval.recall_1 higher', 'knn higher']);
    expect(judged('pair_retrieval', 'supervised')).toEqual(['knn higher']);
    expect(judged('forgetting', 'objective')).toEqual(['forgetting lower', 'knn higher']);
  });

  test('the last of the rungs has the whole budget and keeps one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100 }), fc.integer({ min: 2, max: 5 }), (count, factor) => {
        const found = rungs(count, { name: 'halving', factor });
        expect(found.at(-1)).toEqual({ share: 1, kept: 1 });
        let left = count;
        for (const { share, kept } of found) {
          expect(kept).toBe(Math.ceil(left / factor));
          expect(share).toBeGreaterThan(0);
          left = kept;
        }
      }),
    );
  });
});

test('a queue begins tasks in their order, so many at a time, whatever becomes of them', async () => {
  const queue = new Queue(2);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const tasks = Array.from({ length: 6 }, (_, i) =>
    queue.run(async () => {
      begun.push(i);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      if (i === 1) throw new Error('this one');
      return i;
    }),
  );
  const results = await Promise.allSettled(tasks);
  expect(begun).toEqual([0, 1, 2, 3, 4, 5]);
  expect(most).toBe(2);
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
});

describe('data', () => {
  const decl: DatasetDecl = {
    ...{ name: 'd', loader: 'synthetic', args: { count: 200, test: 20 }, span },
    fields: [
      { name: 'x', type: 'Image', shape: [2, 2, 1], span },
      { name: 'label', type: 'Class', shape: [4], span },
    ],
  };
  const open = (other: Partial<DatasetDecl> = {}) =>
    openDataset({ ...decl, ...other }, { baseDirectory: '.', strict: true, warn: () => {} });

  test('held-out examples are of each class alike, are trained on by none, and are always the same', async () => {
    const dataset = await open();
    const held = await holdOut(dataset, 0.25);
    expect(held.size('train') + held.size('test')).toBe(200);
    const all = (split: 'train' | 'test') => Uint32Array.from({ length: held.size(split) }, (_, i) => i);
    const [train, validation] = [await held.read('train', all('train')), await held.read('test', all('test'))];
    const key = (batch: typeof train, i: number) => batch['x']!.data.slice(4 * i, 4 * i + 4).join();
    const trained = new Set(all('train').length > 0 ? Array.from(all('train'), (i) => key(train, i)) : []);
    for (const i of all('test')) expect(trained.has(key(validation, i))).toBe(false);
    const rows = Uint32Array.from({ length: 200 }, (_, i) => i);
    const labels = (await readClasses(dataset, 'train', rows))!;
    for (const label of [0, 1, 2, 3]) {
      const members = labels.filter((l) => l === label).length;
      const kept = validation['label']!.data.filter((l) => l === label).length;
      expect(kept).toBe(Math.max(1, Math.round(members / 4)));
    }
    expect((await (await holdOut(dataset, 0.25)).read('test', all('test')))['x']!.data).toEqual(validation['x']!.data);
  });

  test('the hash tells data apart', async () => {
    const first = await hashData(decl, await open());
    expect(await hashData(decl, await open())).toBe(first);
    const others: Partial<DatasetDecl>[] = [
      { args: { count: 201, test: 20 } },
      { args: { count: 200, test: 20, noise: 0.3 } },
      { selection: { seed: 1 } },
    ];
    const hashes = await Promise.all(others.map(async (other) => hashData({ ...decl, ...other }, await open(other))));
    expect(new Set([first, ...hashes]).size).toBe(4);
  });
});

describe('a key', () => {
  const job: Job = {
    ...{ kind: 'objective', competitor: 0, variant: 0, seed: 1 },
    ...{ budget: { unit: 'epochs', amount: 2 }, validation: undefined },
  };
  const train: TrainDecl = {
    ...{
      model: 'M',
      dataset: 'd',
      split: 'train',
      later: [],
      epochs: 10,
      batch: 8,
      microBatch: undefined,
      seed: 0,
      span,
    },
    ...{ statistics: 'whole', precision: 'float32' },
    optimizer: { name: 'sgd', settings: { rate: 0.1 } },
    schedule: { name: 'constant', settings: { warmup: 0 } },
  };
  const circumstances = { program: 'p', train, data: 'd', backend: 'cpu' };
  const key = trainingKey(job, circumstances);

  test('changes with what determines the run', () => {
    const changes = [
      trainingKey({ ...job, seed: 2 }, circumstances),
      trainingKey({ ...job, budget: { unit: 'epochs', amount: 3 } }, circumstances),
      trainingKey({ ...job, budget: { unit: 'examples', amount: 2 } }, circumstances),
      trainingKey({ ...job, validation: 0.1 }, circumstances),
      trainingKey({ ...job, kind: 'untrained' }, circumstances),
      ...Object.keys(circumstances).flatMap((name) =>
        name === 'train' ? [] : [trainingKey(job, { ...circumstances, [name]: 'other' })],
      ),
      trainingKey(job, {
        ...circumstances,
        train: { ...train, schedule: { name: 'cosine', settings: { warmup: 0, final: 0 } } },
      }),
      trainingKey(job, { ...circumstances, train: { ...train, precision: 'bf16' } }),
    ];
    expect(new Set([key, ...changes]).size).toBe(changes.length + 1);
  });

  test('stays with what does not', () => {
    expect(trainingKey({ ...job, competitor: 3, variant: 2 }, circumstances)).toBe(key);
    expect(trainingKey(job, { ...circumstances, train: { ...train, model: 'N', epochs: 99 } })).toBe(key);
    const raw = trainingKey({ ...job, kind: 'raw' }, circumstances);
    expect(trainingKey({ ...job, kind: 'raw' }, { ...circumstances, program: 'other', backend: 'wasm' })).toBe(raw);
    const measures = { measures: ['knn'], transfers: [] } as const;
    const settings = { dataset: 'd', neighbours: 5, labels: [1], model: 'M', ...measures, span };
    expect(evaluationKey({ ...settings, model: 'N' })).toBe(evaluationKey(settings));
    expect(evaluationKey({ ...settings, neighbours: 6 })).not.toBe(evaluationKey(settings));
  });
});

test('a log becomes a curve of at most 200 points and the seconds of its steps', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-test-'));
  const line = (step: number) =>
    JSON.stringify({
      ...{ step, loss: step, 'term.a': 2 * step, examplesPerSecond: step === 1 ? 0 : 80 },
      ...(step % 100 === 0 ? { gauges: { spread: 0.5, effectiveRank: 3 } } : {}),
    });
  const lines = Array.from({ length: 1000 }, (_, i) => line(i + 1));
  writeFileSync(join(folder, 'metrics.jsonl'), `${lines.join('\n')}\n{"step":10`);
  const { curve, seconds } = await readLog(folder, 8);
  expect(curve).toHaveLength(200);
  expect(curve[0]).toEqual({ step: 5, loss: 3, terms: { a: 6 } });
  expect(curve[19]).toEqual({ step: 100, loss: 98, terms: { a: 196 }, spread: 0.5, effectiveRank: 3 });
  expect(seconds).toBeCloseTo(100, 6);
});
