import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCheckpoint } from '../../src/runtime/checkpoint/index.js';
import { rateAt, type TrainProgress, train } from '../../src/runtime/train/index.js';
import { failure, temporaryFolders, tinyDataset, tinyModel, tinyRun, tinySettings } from './support.js';

const newFolder = temporaryFolders();

function lines(folder: string): Record<string, unknown>[] {
  const text = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const { examplesPerSecond: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
      return rest;
    });
}

async function stoppedAfter(folder: string, steps: number) {
  const stop = new AbortController();
  const options = tinyRun(folder, {
    signal: stop.signal,
    onProgress: ({ step }) => {
      if (step === steps) stop.abort();
    },
  });
  return { result: await train(options), options };
}

describe('training', () => {
  test('takes every full batch of every epoch and reports progress', async () => {
    const folder = newFolder();
    const seen: TrainProgress[] = [];
    const result = await train(tinyRun(folder, { onProgress: (progress) => seen.push(progress) }));
    expect(result).toMatchObject({ status: 'finished', step: 20, steps: 20 });
    expect(seen.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(seen.at(-1)).toMatchObject({ epoch: 4, epochs: 4, secondsLeft: 0 });
    expect(seen.at(-1)!.terms).toEqual({ pull: result.loss });
    expect(seen.at(-1)!.gauges!.effectiveRank).toBeGreaterThan(1);
    expect(lines(folder).map(({ step }) => step)).toEqual(seen.map(({ step }) => step));
  });

  test.each([1, 5, 7, 19])(
    'stopped after step %i and resumed, it equals an uninterrupted run exactly',
    async (steps) => {
      const [whole, parts] = [newFolder(), newFolder()];
      await train(tinyRun(whole));
      const { result, options } = await stoppedAfter(parts, steps);
      expect(result).toMatchObject({ status: 'interrupted', step: steps });
      expect(options.warnings.map(({ code }) => code)).toEqual(['EBM5003']);
      const resumed = tinyRun(parts, { resume: true });
      expect(await train(resumed)).toMatchObject({ status: 'finished', step: 20 });
      expect(resumed.warnings).toEqual([]);
      expect((await loadCheckpoint(parts)).states).toEqual((await loadCheckpoint(whole)).states);
      expect(lines(parts)).toEqual(lines(whole));
    },
  );

  test('lines after the checkpoint and a line cut short are dropped on resuming', async () => {
    const [whole, parts] = [newFolder(), newFolder()];
    await train(tinyRun(whole));
    await stoppedAfter(parts, 6);
    writeFileSync(join(parts, 'metrics.jsonl'), '{"step":7,"loss":1}\n{"step":8,"lo', { flag: 'a' });
    await train(tinyRun(parts, { resume: true }));
    expect(lines(parts)).toEqual(lines(whole));
  });

  test('NaN stops the run, names the operation from a replay, and keeps the last good checkpoint', async () => {
    const folder = newFolder();
    const model = tinyModel({ nanAt: 12 });
    const problem = await failure(train(tinyRun(folder, { model })));
    expect(problem.code).toBe('EBM5001');
    expect(problem.message).toBe('step 13: `loss` became NaN; the first operation to produce it is `sqrt` in f/norm');
    expect(model.explained).toEqual([12]);
    expect((await loadCheckpoint(folder)).manifest.step).toBe(10);
    expect(lines(folder)).toHaveLength(12);
  });

  test.each([
    new Error('RuntimeError: memory access out of bounds'),
    new Error('Aborted(Cannot enlarge memory arrays)'),
    new RangeError('Array buffer allocation failed'),
    new Error('OOM when allocating tensor with shape[1024,1024]'),
    new Error(
      'Session fail to run with error: OOM when allocating tensor with shape[4000,28,28,16] and type float on /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu',
    ),
  ])('%s is out of memory', async (error) => {
    const model = tinyModel({ failAt: { step: 3, error } });
    const problem = await failure(train(tinyRun(newFolder(), { model, stepBytes: 300 * 2 ** 20 })));
    expect(problem.code).toBe('EBM5002');
    expect(problem.message).toContain('a step of 4 examples, which needs about 300 MB');
    expect(problem.help[0]).toContain('lower `batch`');
  });

  test('other errors of a backend pass as they are', async () => {
    const model = tinyModel({ failAt: { step: 3, error: new Error('a bug') } });
    await expect(train(tinyRun(newFolder(), { model }))).rejects.toThrow('a bug');
  });

  test('a run in the folder is not overwritten unasked', async () => {
    const folder = newFolder();
    await train(tinyRun(folder));
    expect((await failure(train(tinyRun(folder)))).code).toBe('EBM5011');
    expect(await train(tinyRun(folder, { overwrite: true }))).toMatchObject({ step: 20 });
    expect(lines(folder)).toHaveLength(20);
  });

  test('resuming: nothing there, another batch, another model, changed epochs', async () => {
    const folder = newFolder();
    expect((await failure(train(tinyRun(folder, { resume: true })))).code).toBe('EBM5009');
    await stoppedAfter(folder, 5);
    const batch = await failure(train(tinyRun(folder, { resume: true, model: tinyModel({ batch: 5 }) })));
    expect(batch.message).toBe('cannot resume: the checkpoint was made with batch 4, now it is 5');
    const other = await failure(train(tinyRun(folder, { resume: true, model: tinyModel({ dimensions: 5 }) })));
    expect(other.code).toBe('EBM5006');
    expect(other.message).toContain('state `w` is float32[4, 5] in the model and float32[4, 3] in the checkpoint');
    const longer = tinyRun(folder, { resume: true, settings: { ...tinySettings, epochs: 6 } });
    expect(await train(longer)).toMatchObject({ step: 30 });
    expect(longer.warnings[0]).toMatchObject({
      code: 'EBM5013',
      message: expect.stringContaining('epochs 4 is now 6'),
    });
  });

  test('a data set that does not fit is refused before anything is written', async () => {
    const run = tinyRun(newFolder());
    const none = { ...tinyDataset(), fields: [] };
    expect((await failure(train({ ...run, dataset: none }))).code).toBe('EBM4017');
    expect((await failure(train({ ...run, dataset: tinyDataset(3) }))).code).toBe('EBM4013');
    const settings = { ...tinySettings, split: 'validation' };
    expect((await failure(train({ ...run, settings }))).message).toContain('it has `train` and `test`');
  });

  test('a folder that cannot be made, a folder in use', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    const problem = await failure(train(tinyRun(join(folder, 'file', 'run'))));
    expect(problem).toMatchObject({ code: 'EBM5005', message: expect.stringContaining('is a file, not a folder') });
    mkdirSync(join(folder, 'run'));
    const model = tinyModel();
    const running = train(tinyRun(join(folder, 'run'), { model }));
    expect((await failure(train(tinyRun(join(folder, 'run'))))).code).toBe('EBM5008');
    await running;
  });

  test('a representation that collapses is reported once', async () => {
    const model = { ...tinyModel(), represent: async () => ({ shape: [4, 3], data: new Float32Array(12).fill(1) }) };
    const run = tinyRun(newFolder(), { model });
    await train(run);
    expect(run.warnings.map(({ code }) => code)).toEqual(['EBM5012']);
  });
});

test('schedules: linear warm-up, then half a cosine or constant', () => {
  const length = { stepsPerEpoch: 10, steps: 110 };
  const cosine = { name: 'cosine', settings: { warmup: 1, final: 0.1 } } as const;
  expect(rateAt(cosine, 2, 0, length)).toBeCloseTo(0.2);
  expect(rateAt(cosine, 2, 9, length)).toBeCloseTo(2);
  expect(rateAt(cosine, 2, 10, length)).toBeCloseTo(2);
  expect(rateAt(cosine, 2, 60, length)).toBeCloseTo(1.1);
  expect(rateAt(cosine, 2, 110, length)).toBeCloseTo(0.2);
  expect(rateAt({ name: 'constant', settings: {} }, 2, 50, length)).toBe(2);
});
