/** Training in stages and what happens between steps: frozen copies, `before epoch`, and that a run that stopped goes on bit for bit. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { emitTfjs } from '../../src/compiler/targets/tfjs/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { loadTfjsModel } from '../../src/runtime/backends/load-tfjs.js';
import { loadCheckpoint, loadStageEnds } from '../../src/runtime/checkpoint/index.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { evaluate } from '../../src/runtime/evaluate/index.js';
import { meanForgetting } from '../../src/runtime/evaluate/stages.js';
import type { LoadedModel } from '../../src/runtime/model.js';
import { type TrainOptions, train } from '../../src/runtime/train/index.js';
import { library } from '../std/run.js';
import { tfjsNode, useBackend } from '../targets/backends.js';
import { failure, temporaryFolders } from './support.js';

const newFolder = temporaryFolders();
const native = tfjsNode();

const program = `use std.energies { mean_square }
use std.layers { linear, batch_norm }
use std.regularizers { variance }
use std.clustering { moved_centres }

model M {
  data x: [6]
  view a, b of x = x + 0.1 * normal([6])
  encoder f = both
  encoder start = frozen(f)
  encoder before = frozen(f, since: "epoch")
  state total: scalar = 0
  state middle: [4] = zeros([4])
  state noisy: [4, 4] = zeros([4, 4])
  energy E(u, v) = mean_square(f(u), f(v))
  minimize {
    near: E(a, b)
    spread: variance(f(a)) + variance(f(b))
    kept: 0.1 * stage() * mean_square(f(a), start(a)) + 0.1 * mean_square(f(a), before(a))
  }
  before epoch {
    total = total + sum(examples(sum(x), 40))
    middle = mean(examples(f(x), 40), axis: 0)
    noisy = moved_centres(normal([4, 4]), examples(f(a), 21), share: 0.5)
  }
  representation f(x)
}

net both()(x: [d]) -> [4] = x |> linear(4) |> batch_norm

dataset early = synthetic(count: 40, test: 20, seed: 1) { x: [6], label: Class[3] }
dataset late = synthetic(count: 48, test: 20, seed: 2) { x: [6], label: Class[3] }

train M on early.train then late.train {
  epochs: 2
  batch: 8
  optimizer: adamw(rate: 0.01)
  schedule: constant()
}
`;

async function load(backend: string, text = program) {
  const checked = checkFile({ path: 'm.ebm', text }, library, { analyses: false });
  expect(checked.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const settings = checked.trains[0]!;
  const target = backend === 'tensorflow' ? 'tensorflow' : 'tfjs';
  const compiled = optimizeProgram(compileModel(checked.models[0]!, settings, target), target);
  await useBackend(backend);
  const directory = newFolder();
  const model: LoadedModel =
    backend === 'tensorflow'
      ? await loadSavedModel(compiled, emitTensorflow(compiled), native!, { directory })
      : await loadTfjsModel(compiled, emitTfjs(compiled).files, { directory });
  const opening = { baseDirectory: '.', strict: true, warn: () => {} };
  const [dataset, ...later] = await Promise.all(checked.datasets.map((decl) => openDataset(decl, opening)));
  return { model, settings, dataset: dataset!, later: settings.later.length > 0 ? later : [], programHash: 'p' };
}

/** Trains until the step after which it should stop. */
async function run(
  given: Awaited<ReturnType<typeof load>>,
  runFolder: string,
  stopAfter: number | undefined = undefined,
  more: Partial<TrainOptions> = {},
) {
  const stop = new AbortController();
  const warned: string[] = [];
  const result = await train({
    ...given,
    runFolder,
    signal: stop.signal,
    warn: ({ code }) => warned.push(code),
    onProgress: ({ step }) => step === stopAfter && stop.abort(),
    ...more,
  });
  return { result, warned };
}

const lines = (folder: string) =>
  readFileSync(join(folder, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { step: number; epoch: number; rate: number; loss: number });

describe.each(native ? ['cpu', 'tensorflow'] : ['cpu'])('on %s', (backend) => {
  test('stages follow one another; copies are what the encoder was', async () => {
    const given = await load(backend);
    const folder = newFolder();
    const { result } = await run(given, folder);
    // Five steps an epoch of the first, six of the second.
    expect(result).toMatchObject({ status: 'finished', step: 22, steps: 22 });
    expect(lines(folder).map(({ epoch }) => epoch)).toEqual([
      ...[1, 1, 1, 1, 1, 2, 2, 2, 2, 2],
      ...[3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4],
    ]);
    const { manifest, states } = await loadCheckpoint(folder);
    expect(manifest.order.stages).toMatchObject([
      { dataset: 'early', split: 'train', examples: 40 },
      { dataset: 'late', split: 'train', examples: 48 },
    ]);
    const [first, last] = await loadStageEnds(folder);
    expect(last).toEqual(states);
    // The copy of the stage, running statistics included, is the encoder at the end of the stage before; it was untrained until then.
    const own = Object.keys(states).filter((name) => name.startsWith('f/') && !name.includes('optimizer'));
    const copied = own.filter((name) => name.replace('f/', 'start/') in states);
    expect(copied).toEqual(
      [
        'linear_1/shift_1/bias',
        'linear_1/weight',
        'batch_norm_1/average',
        'batch_norm_1/variance',
        'batch_norm_1/scale',
        'batch_norm_1/bias',
      ]
        .map((name) => `f/${name}`)
        .filter((name) => name in states)
        .sort((p, q) => copied.indexOf(p) - copied.indexOf(q)),
    );
    expect(copied.length).toBeGreaterThan(4);
    await given.model.init(0);
    const untrained = await given.model.read();
    for (const name of copied) {
      const copy = name.replace('f/', 'start/');
      expect(states[copy], copy).toEqual(first![name]);
      expect(first![copy], copy).toEqual(untrained[name]);
      expect(states[copy], copy).not.toEqual(states[name]);
    }
    expect(states['0/stage']!.data[0]).toBe(1);
    expect(first!['0/stage']!.data[0]).toBe(0);
    given.model.dispose();
  });

  test('an epoch begins with values of the data, by the model as it is used', async () => {
    // Without the second stage, whose copy would be of the first's end.
    const text = program.replace(' then late.train', '').replace('epochs: 2', 'epochs: 1');
    const [short, long] = [newFolder(), newFolder()];
    const one = await load(backend, text);
    await run(one, short);
    const two = await load(backend, text.replace('epochs: 1', 'epochs: 2'));
    await run(two, long);
    const [{ states: after1 }, { states: after2 }] = [await loadCheckpoint(short), await loadCheckpoint(long)];
    for (const name of Object.keys(after2).filter((name) => name.startsWith('before/')))
      expect(after2[name], name).toEqual(after1[name.replace('before/', 'f/')]);
    const all = Array.from({ length: 40 }, (_, i) => i);
    const { x } = await two.dataset.read('train', all, ['x']);
    const sum = Array.from(x!.data).reduce((total, value) => total + value, 0);
    expect(after1['total']!.data[0]).toBeCloseTo(sum, 3);
    expect(after2['total']!.data[0]).toBeCloseTo(2 * sum, 3);
    await two.model.write(after1);
    const mean = [0, 0, 0, 0];
    for (let start = 0; start < 40; start += 8) {
      const batch = await two.dataset.read('train', all.slice(start, start + 8), ['x']);
      (await two.model.represent(batch)).data.forEach((value, i) => {
        mean[i % 4]! += value / 40;
      });
    }
    mean.forEach((value, i) => {
      expect(after2['middle']!.data[i]).toBeCloseTo(value, 4);
    });
    one.model.dispose();
    two.model.dispose();
  });

  test('stopped anywhere and resumed, it equals a run that went through', async () => {
    const given = await load(backend);
    const whole = newFolder();
    await run(given, whole);
    const expected = await loadCheckpoint(whole);
    // In an epoch, between epochs, between stages, in the second stage.
    for (const stopAfter of [3, 5, 10, 17]) {
      const folder = newFolder();
      expect((await run(given, folder, stopAfter)).result).toMatchObject({ status: 'interrupted', step: stopAfter });
      const { warned } = await run(given, folder, undefined, { resume: true });
      expect(warned).toEqual([]);
      const found = await loadCheckpoint(folder);
      expect(found.states).toEqual(expected.states);
      expect(found.manifest.order).toEqual(expected.manifest.order);
      expect(await loadStageEnds(folder)).toEqual(await loadStageEnds(whole));
      // A native session adds up the loss that it reports in no fixed order.
      if (backend === 'cpu')
        expect(lines(folder).map(({ loss }) => loss)).toEqual(lines(whole).map(({ loss }) => loss));
    }
    given.model.dispose();
  });
});

test('each stage has the whole schedule and a fresh optimizer', async () => {
  const given = await load('cpu', program.replace('constant()', 'cosine(warmup: 0.4)'));
  const folder = newFolder();
  await run(given, folder);
  const rates = lines(folder).map(({ rate }) => rate);
  expect(rates.slice(0, 2)).toEqual([0.005, 0.01]);
  expect(rates.slice(10, 12)).toEqual([0.005, 0.01]);
  expect(rates[9]).toBeLessThan(0.001);
  const count = given.model.states.find(({ role, type }) => role === 'optimizer' && type.shape.length === 0);
  expect((await loadCheckpoint(folder)).states[count!.name]!.data[0]).toBe(12);
  given.model.dispose();
});

test('a resumed run must have the same stages, and as many examples as an epoch begins with', async () => {
  const given = await load('cpu');
  const folder = newFolder();
  await run(given, folder, 3);
  const other = { ...given, later: [], settings: { ...given.settings, later: [] } };
  const changed = await failure(run(other, folder, undefined, { resume: true }));
  expect(changed.code).toBe('EBM5010');
  expect(changed.message).toContain('early then late');
  const small = await load('cpu', program.replace('count: 40', 'count: 39'));
  expect(await failure(run(small, newFolder()))).toMatchObject({ code: 'EBM4027' });
  given.model.dispose();
  small.model.dispose();
});

test('forgetting is the mean fall from the best before', () => {
  expect(
    meanForgetting([
      [0.9, 0.5, 0.4],
      [0.8, 0.95, 0.5],
      [0.85, 0.75, 0.9],
    ]),
  ).toBeCloseTo((0.05 + 0.2) / 2, 12);
  // What became better counts against it.
  expect(
    meanForgetting([
      [0.7, 0.1],
      [0.8, 0.9],
    ]),
  ).toBeCloseTo(-0.1, 12);
});

test('accuracies after each stage are measured on the states at its end, and the model is left trained', async () => {
  const given = await load('cpu');
  const folder = newFolder();
  await run(given, folder);
  const { states } = await loadCheckpoint(folder);
  const data = [given.dataset, ...given.later];
  const warned: string[] = [];
  const measured = (ends: Awaited<ReturnType<typeof loadStageEnds>>) =>
    evaluate({
      ...{ model: given.model, dataset: given.dataset, states, seed: 0 },
      settings: { neighbours: 5, labels: [1], measures: ['linear', 'forgetting'] },
      stages: { data, ends },
      warn: ({ code }) => warned.push(code),
    });
  const ends = await loadStageEnds(folder);
  const { rows, measures } = await measured(ends);
  const { measures: trained } = rows.find(({ name }) => name === 'trained')!;
  expect(measures.map(({ label }) => label).slice(1)).toEqual([
    ...['forgetting', 'early after stage 1', 'late after stage 1', 'early after stage 2', 'late after stage 2'],
  ]);
  // The data set of the evaluation is the first stage's.
  expect(trained['stage.2.1']).toBe(trained['linear.1']);
  expect(trained['forgetting']).toBeCloseTo(trained['stage.1.1']! - trained['stage.2.1']!, 12);
  expect(await given.model.read()).toEqual(states);
  expect(rows.find(({ name }) => name === 'untrained')!.missing['forgetting']).toContain('stages');
  expect(warned).toEqual([]);
  const unfinished = await measured(ends.slice(0, 1));
  expect(unfinished.rows[0]!.measures['forgetting']).toBeUndefined();
  expect(warned).toEqual(['EBM5033']);
  given.model.dispose();
});
