/** `precision: fp16` against PyTorch's autocast and GradScaler: by definition, and in a TensorFlow session, whole and in micro-batches. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import type { Program } from '../../src/compiler/graph/types.js';
import { compileModel, optimizeProgram, type StepSettings } from '../../src/compiler/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import type { HostTensor, LoadedModel } from '../../src/runtime/model.js';
import { array, type Nested } from '../std/run.js';
import { tfjsNode, useBackend } from '../targets/backends.js';
import { expectAgrees, fixture, typedModel } from './models.js';

interface Step {
  readonly x: Nested;
  readonly y: Nested;
  readonly loss: number;
  readonly scale: number;
  readonly skipped: boolean;
  readonly next: number;
  readonly good: number;
  readonly states: Readonly<Record<string, Nested>>;
}

const given = fixture('loss_scale');
const steps = given.steps as readonly Step[];
const size = 4;
const model = typedModel(
  `use std.layers { linear }
net two(hidden: int, out: int)(x: [d]) -> [out] { x |> linear(hidden) |> relu |> linear(out) }
model M {
  data x: [6]
  data y: [4]
  encoder f = two(hidden: 5, out: 4)
  energy E(a, b) = mean(square(f(a) - b))
  minimize { distance: E(x, y) }
  representation f(x)
}
`,
  size,
);
const sgd: StepSettings = {
  optimizer: { name: 'sgd', settings: { rate: given.rate, momentum: given.momentum, decay: 0 } },
  precision: 'fp16',
};
const names: Readonly<Record<string, string>> = {
  'f/linear_1/weight': 'w1',
  'f/linear_1/shift_1/bias': 'b1',
  'f/linear_2/weight': 'w2',
  'f/linear_2/shift_1/bias': 'b2',
};

function compiled(microBatch?: number): Program {
  return optimizeProgram(compileModel(model, { ...sgd, microBatch }, 'tensorflow'), 'tensorflow');
}

/** Parameters and the scale as there, what the optimizer remembers 0. */
function startOf({ states }: Program): Record<string, NdArray> {
  const known: Record<string, Nested> = { 'optimizer/loss_scale': given.scale, 'optimizer/good_steps': given.good };
  for (const [ours, theirs] of Object.entries(names)) known[ours] = given.start[theirs];
  return Object.fromEntries(
    states.map(({ name, type }) => {
      const shape = type.shape.map(Number);
      const zeros = { shape, data: new Float64Array(shape.reduce((n, d) => n * d, 1)) };
      return [name, name in known ? array(known[name]!) : zeros];
    }),
  );
}

type States = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>>;

function expectStates(states: States, { next, good, states: wanted }: Step, place: string): void {
  expect([states['optimizer/loss_scale']!.data[0], states['optimizer/good_steps']!.data[0]], place).toEqual([
    next,
    good,
  ]);
  // A sum of float16 numbers is rounded in another order there.
  for (const [ours, theirs] of Object.entries(names))
    expectAgrees(states[ours]!, array(wanted[theirs]!), `${ours} ${place}`, 5e-3);
}

test('the fixture has steps that are left out, and a scale that falls and grows', () => {
  expect(steps.map(({ skipped }) => skipped)).toContain(true);
  expect(steps.some(({ scale, next }) => next > scale)).toBe(true);
  expect(steps.some(({ scale, next }) => next < scale)).toBe(true);
});

test('in float64, of rounded factors', () => {
  const program = compiled();
  let states = startOf(program);
  for (const [k, step] of steps.entries()) {
    const inputs = { x: array(step.x), y: array(step.y), rate: array(given.rate) };
    const { outputs, updates } = evaluateGraph(program.step, inputs, states, { seed: 0, step: k });
    states = { ...states, ...updates };
    expect(outputs['loss']!.data[0]! / step.loss).toBeCloseTo(1, 2);
    expect(outputs['gauge.loss_scale']!.data[0]).toBe(step.scale);
    expect(outputs['gauge.skipped']!.data[0]).toBe(Number(step.skipped));
    expectStates(states, step, `after step ${k + 1}`);
  }
});

const host = ({ shape, data }: NdArray): HostTensor => ({ shape, data: Float32Array.from(data) });
const hosts = (values: Readonly<Record<string, NdArray>>): Record<string, HostTensor> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, host(value)]));

const native = tfjsNode();
describe.skipIf(native === undefined)('in a TensorFlow session', () => {
  async function loaded(program: Program): Promise<LoadedModel> {
    await useBackend('tensorflow');
    const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
    const model = await loadSavedModel(program, emitTensorflow(program, { fused: true }), native!, { directory });
    await model.init(0);
    return model;
  }

  const take = (model: LoadedModel, { x, y }: Step) => model.step(hosts({ x: array(x), y: array(y) }), given.rate);

  test.each([undefined, 2, 1])('micro-batches of %s', async (micro) => {
    const program = compiled(micro);
    const model = await loaded(program);
    await model.write(hosts(startOf(program)));
    for (const [k, step] of steps.entries()) {
      const metrics = await take(model, step);
      expect(metrics['loss']! / step.loss).toBeCloseTo(1, 2);
      expect([metrics['gauge.loss_scale'], metrics['gauge.skipped']]).toEqual([step.scale, Number(step.skipped)]);
      expectStates(await model.read(), step, `after step ${k + 1}`);
    }
    model.dispose();
  });

  test('the scale starts at 65536 and is not halved below 1', async () => {
    const program = compiled();
    const model = await loaded(program);
    const scales: number[] = [];
    const before = await model.read();
    // No scale helps where a target is beyond what float16 holds.
    const far = { ...steps[0]!, y: [1, 2, 3, 4].map((i) => [1e9 * i, 0, 0, 0]) };
    for (let k = 0; k < 18; k++) scales.push((await take(model, far))['gauge.loss_scale']!);
    expect(scales).toEqual([...Array.from({ length: 17 }, (_, k) => 2 ** (16 - k)), 1]);
    const after = await model.read();
    for (const [name, { data }] of Object.entries(before)) {
      if (name !== 'optimizer/loss_scale') expect(after[name]!.data, name).toEqual(data);
    }
    model.dispose();
  });

  test('states that are written back go on bit for bit', async () => {
    const program = compiled();
    const [whole, first, second] = [await loaded(program), await loaded(program), await loaded(program)];
    for (const model of [whole, first]) await model.write(hosts(startOf(program)));
    for (const step of steps) await take(whole, step);
    for (const step of steps.slice(0, 6)) await take(first, step);
    await second.write(await first.read());
    second.stepNumber = 6;
    for (const step of steps.slice(6)) await take(second, step);
    expect(await second.read()).toEqual(await whole.read());
    for (const model of [whole, first, second]) model.dispose();
  });
});
