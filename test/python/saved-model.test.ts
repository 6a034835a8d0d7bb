/** A SavedModel as TensorFlow's own Python loads it: the same training as in our session. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { savedModelFormat } from '../../src/runtime/export/formats/saved-model.js';
import { FileLibrary } from '../../src/runtime/library.js';
import { tfjsNode, useBackend } from '../targets/backends.js';

const inCI = process.env['CI'] !== undefined && process.env['CI'] !== '';
const hasPython = spawnSync('python3', ['--version']).status === 0;
const native = tfjsNode();
const steps = 3;
const sgd = { name: 'sgd', settings: { rate: 0.1, momentum: 0.9, decay: 0 } } as const;

interface Seen {
  readonly losses: readonly number[];
  readonly states: Readonly<Record<string, readonly number[]>>;
  readonly representation: readonly number[];
}

describe.skipIf(!inCI && (native === undefined || !hasPython))('loaded by Python', () => {
  const path = 'examples/simclr.ebm';
  const checked = checkFile({ path, text: readFileSync(path, 'utf8') }, new FileLibrary(path), {
    train: { batch: 16 },
  });
  const program = optimizeProgram(compileModel(checked.models[0]!, { optimizer: sgd }, 'tensorflow'), 'tensorflow');
  const output = emitTensorflow(program);
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const exported = mkdtempSync(join(tmpdir(), 'ebmc-'));
  /** After each step. */
  const ours: Seen[] = [];

  beforeAll(async () => {
    execFileSync('sh', ['test/python/setup.sh'], { stdio: 'inherit' });
    for (const [name, bytes] of Object.entries(output.files)) writeFileSync(join(folder, name), bytes);
    await useBackend('tensorflow');
    const model = await loadSavedModel(program, output, native!, { directory: mkdtempSync(join(tmpdir(), 'ebmc-')) });
    await model.init(3);
    const x = {
      shape: [16, 28, 28, 1],
      data: Float32Array.from({ length: 16 * 784 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.013)),
    };
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      losses.push((await model.step({ x }, 0.05))['loss']!);
      const states = Object.entries(await model.read()).map(([name, { data }]) => [name, [...data]] as const);
      const representation = [...(await model.represent({ x })).data];
      ours.push({ losses: [...losses], states: Object.fromEntries(states), representation });
    }
    const trained = new Map(Object.entries(await model.read()));
    model.dispose();
    const subject = { model: checked.models[0]!, states: trained, step: steps, version: '0.0.0', batch: undefined };
    for (const { name, content } of savedModelFormat.export(subject).files)
      writeFileSync(
        join(exported, name),
        typeof content === 'string' ? content : Buffer.concat(content as Uint8Array[]),
      );
  }, 400_000);

  // Rewritten graphs round otherwise: from the second step on a ReLU that is just on here is just off there, and its gradient with it.
  test.each([
    ['v1', 'plain', steps],
    ['v2', 'plain', steps],
    ['v1', 'rewritten', 1],
    ['v2', 'rewritten', 1],
  ] as const)(
    'through its %s interface, the graph %s, %i steps',
    (how, graph, count) => {
      const expected = ours[count - 1]!;
      const args = ['test/python/saved_model.py', folder, how, graph, String(count)];
      const env = { ...process.env, TF_ENABLE_ONEDNN_OPTS: '1' };
      const printed = execFileSync('.venv-tensorflow/bin/python', args, { encoding: 'utf8', env, maxBuffer: 2 ** 28 });
      const theirs = JSON.parse(printed) as Seen;
      for (const [i, loss] of theirs.losses.entries()) expect(loss).toBeCloseTo(expected.losses[i]!, 4);
      expect(Object.keys(theirs.states).sort()).toEqual(Object.keys(expected.states).sort());
      for (const [name, values] of Object.entries(expected.states)) expectClose(theirs.states[name]!, values, name);
      expectClose(theirs.representation, expected.representation, 'representation');
    },
    120_000,
  );

  test('the representation alone, exported, for fewer examples', () => {
    const args = ['test/python/exported.py', exported, '3'];
    const env = { ...process.env, TF_ENABLE_ONEDNN_OPTS: '1' };
    const printed = execFileSync('.venv-tensorflow/bin/python', args, { encoding: 'utf8', env });
    const features = JSON.parse(printed) as readonly number[];
    const { representation } = ours.at(-1)!;
    expectClose(features, representation.slice(0, features.length), 'representation');
    expect(features.length).toBe((3 * representation.length) / 16);
  }, 120_000);
});

function expectClose(actual: readonly number[], expected: readonly number[], name: string): void {
  expect(actual.length, name).toBe(expected.length);
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value) / scale, `${name}[${i}]`).toBeLessThan(1e-3);
  });
}
