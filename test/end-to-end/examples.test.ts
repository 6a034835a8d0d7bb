/** Every file in `examples/` is short, has nothing said against it, and learns: its loss falls on a few real examples, and its representations differ. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { TrainDecl } from '../../src/compiler/declarations.js';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { emitTfjs } from '../../src/compiler/targets/tfjs/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { loadTfjsModel } from '../../src/runtime/backends/load-tfjs.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { FileLibrary } from '../../src/runtime/library.js';
import type { Batch, HostTensor, LoadedModel } from '../../src/runtime/model.js';
import { beginPeriods } from '../../src/runtime/train/begin-periods.js';
import { planOf } from '../../src/runtime/train/plan.js';
import { tfjsNode, useBackend } from '../targets/backends.js';

const native = tfjsNode();
const target = native ? 'tensorflow' : 'tfjs';
const batch = 32;
const steps = 16;
const longest = 60;

const files = readdirSync('examples').filter((file) => file.endsWith('.ebm'));

function read(file: string) {
  const path = join('examples', file);
  const text = readFileSync(path, 'utf8');
  return { text, checked: checkFile({ path, text }, new FileLibrary(path), { train: { batch } }) };
}

async function load({ checked }: ReturnType<typeof read>): Promise<LoadedModel> {
  const program = optimizeProgram(compileModel(checked.models[0]!, checked.trains[0]!, target), target);
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  return native
    ? loadSavedModel(program, emitTensorflow(program, { fused: true }), native, { directory })
    : loadTfjsModel(program, emitTfjs(program).files, { directory });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The largest standard deviation of a dimension over the examples. */
function spreadOf({ shape, data }: HostTensor): number {
  const size = data.length / shape[0]!;
  const spreads = Array.from({ length: size }, (_, d) => {
    const column = Array.from({ length: shape[0]! }, (_, i) => data[i * size + d]!);
    const middle = mean(column);
    return Math.sqrt(mean(column.map((value) => (value - middle) ** 2)));
  });
  return Math.max(...spreads);
}

/** The mean loss of four steps that move nothing, each from these states, with the draws of the first four steps. */
async function lossAt(
  model: LoadedModel,
  states: Readonly<Record<string, HostTensor>>,
  examples: Batch,
): Promise<number> {
  const losses: number[] = [];
  for (let step = 0; step < 4; step++) {
    await model.write(states);
    model.stepNumber = step;
    losses.push((await model.step(examples, 0))['loss']!);
  }
  return mean(losses);
}

beforeAll(() => {
  for (const set of ['emoji', 'fashion-mnist']) execFileSync('sh', [`scripts/install-${set}.sh`], { stdio: 'inherit' });
  return useBackend(native ? 'tensorflow' : 'wasm');
}, 240_000);

describe.each(files)('%s', (file) => {
  const example = read(file);

  test('is short and has nothing said against it', () => {
    const lines = example.text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//'));
    expect(lines.length).toBeLessThanOrEqual(longest);
    expect(example.checked.diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
    expect(example.checked.models).toHaveLength(1);
    expect(example.checked.trains).toHaveLength(1);
  });

  test('learns', async () => {
    const { models, trains, datasets } = example.checked;
    const [{ dataset: first, later, optimizer }] = trains as [TrainDecl];
    const opening = { baseDirectory: 'examples', strict: true, warn: () => {} };
    const opened = [first, ...later.map(({ dataset }) => dataset)].map(async (name) => {
      const dataset = await openDataset(datasets.find((d) => d.name === name) ?? datasets[0]!, opening);
      return { dataset, split: 'train' as const };
    });
    const model = await load(example);
    const plan = planOf(await Promise.all(opened), { epochs: 1 }, batch);
    await model.init(1);
    model.plannedSteps = steps;
    const rate = optimizer.settings['rate']!;
    for (const { dataset, firstStep } of plan.stages) {
      const indices = Array.from({ length: batch }, (_, i) => (i * 7) % dataset.size('train'));
      const fields = model.inputs.map(({ name }) => name);
      const examples = await dataset.read('train', indices, fields);
      await beginPeriods(model, plan, 1, firstStep);
      const start = await model.read();
      const losses: number[] = [];
      for (let step = 0; step < steps; step++) losses.push((await model.step(examples, rate))['loss']!);
      const end = await model.read();
      const representation = await model.represent(examples);
      // Goals that move (queues, centres, copies) are put back where they were: what is compared is one objective.
      const goals = model.states.filter(({ role }) => role === 'target' || role === 'buffer').map(({ name }) => name);
      const learned = { ...end, ...Object.fromEntries(goals.map((name) => [name, start[name]!])) };
      const [before, after] = [await lossAt(model, start, examples), await lossAt(model, learned, examples)];
      expect(losses.every(Number.isFinite), losses.join(' ')).toBe(true);
      // Groups pull against each other: their sum need not fall.
      if (models[0]!.groups.length === 1) expect(after, losses.join(' ')).toBeLessThan(before);
      expect(representation.data.every(Number.isFinite)).toBe(true);
      expect(spreadOf(representation)).toBeGreaterThan(1e-3);
    }
    model.dispose();
  }, 120_000);
});
