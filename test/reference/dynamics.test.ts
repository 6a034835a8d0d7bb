/** Whole training steps with moving-average copies, states, schedules, groups of parameters and gradients with respect to an encoder against PyTorch's: in float64, and on each backend. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import type { MicroStep, Program } from '../../src/compiler/graph/types.js';
import { compileModel, optimizeProgram, type TargetName } from '../../src/compiler/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { emitTfjs } from '../../src/compiler/targets/tfjs/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { loadTfjsModel } from '../../src/runtime/backends/load-tfjs.js';
import type { HostTensor, LoadedModel } from '../../src/runtime/model.js';
import { array, type Nested } from '../std/run.js';
import { backends, tfjsNode, useBackend } from '../targets/backends.js';
import { expectAgrees, fixture, typedModel } from './models.js';

type Values = Readonly<Record<string, NdArray>>;

interface Step {
  readonly loss: number;
  readonly states: Readonly<Record<string, Nested>>;
  readonly [field: string]: Nested | Readonly<Record<string, Nested>>;
}

const given = fixture('dynamics');
const sgd = { optimizer: { name: 'sgd', settings: { rate: 0.1, momentum: 0.9, decay: 0 } } } as const;
const size = 4;

const texts: Readonly<Record<'targets' | 'rivals' | 'elastic', string>> = {
  targets: `use std.energies { unit, squared, cosine }
use std.layers { linear }
use std.memory { push, blend }
use std.regularizers { contrast }
model Targets {
  data x: [6]
  data y: [6]
  encoder f = linear(4)
  encoder q = linear(4)
  encoder t = ema(f, decay: 0.8 -> 1.0)
  encoder u = ema(t, decay: 0.5)
  state queue: [10, 4] = unit(normal([10, 4]))
  state centre: [4] = zeros([4])
  energy E(a, b) = squared(unit(q(f(a))), unit(t(b) - centre))
  energy K(a, k) = cosine(f(a), k)
  minimize {
    distill: E(x, y)
    contrast: contrast(K, x, u(y), queue, temperature: 0.5)
  }
  after step {
    queue = push(queue, batch(unit(t(y))))
    centre = blend(centre, batch.mean(t(y)), share: 0.7)
  }
  representation f(x)
}
`,
  rivals: `use std.layers { linear }
model Rivals {
  data x: [6]
  data z: [3]
  data w: []
  encoder g = linear(6)
  encoder d = linear(5)
  energy D(u) = sum(tanh(d(u)))
  let fake = g(z)
  let between = w * x + (1 - w) * stop(fake)
  minimize over d {
    apart: D(x) - D(stop(fake))
    slope: 0.5 * square(sqrt(sum(square(grad(D(between), between)))) - 1)
  }
  minimize over g { fool: D(fake) }
  representation d(x)
}
`,
  elastic: `use std.layers { linear }
use std.energies { cosine }
use std.regularizers { info_nce }
use std.memory { blend, elastic }
model Elastic {
  data x: [6]
  data y: [6]
  encoder f = linear(4)
  encoder g = linear(4)
  encoder old = frozen(f)
  energy E(u, v) = cosine(tanh(f(u)), g(v))
  let contrast = info_nce(E, x, y, temperature: 0.5)
  state fisher = zeros(shape(parameters(f)))
  state importance = zeros(shape(parameters(f)))
  minimize {
    contrast: contrast
    kept: 3 * elastic(parameters(f), parameters(old), frozen(importance))
  }
  after step {
    fisher = blend(fisher, square(grad(batch.mean(contrast), f)), share: 0.9)
    importance = frozen(importance) + fisher
  }
  representation f(x)
}
`,
};

function compiled(name: keyof typeof texts, target: TargetName, microBatch?: number): Program {
  return optimizeProgram(compileModel(typedModel(texts[name], size), { ...sgd, microBatch }, target), target);
}

function batchOf(step: Step): Values {
  const fields = Object.keys(step).filter((name) => name !== 'loss' && name !== 'states');
  return Object.fromEntries(fields.map((name) => [name, array(step[name] as Nested)]));
}

function startOf(program: Program, start: Readonly<Record<string, Nested>>): Values {
  return Object.fromEntries(
    program.states.map(({ name, type }) => {
      const shape = type.shape.map(Number);
      const known = start[name];
      return [name, known === undefined ? zeros(shape) : array(known)];
    }),
  );
}

function zeros(shape: readonly number[]): NdArray {
  return { shape, data: new Float64Array(shape.reduce((n, d) => n * d, 1)) };
}

const scalar = (value: number): NdArray => ({ shape: [], data: Float64Array.of(value) });
const progressOf = (step: number, steps: number): number => step / (steps - 1);

const names = Object.keys(texts) as (keyof typeof texts)[];

describe('in float64', () => {
  test.each(names)('%s', (name) => {
    const program = compiled(name, 'tfjs');
    const { start, steps } = given[name] as { start: Record<string, Nested>; steps: Step[] };
    let states = startOf(program, start);
    for (const [k, step] of steps.entries()) {
      const inputs = { ...batchOf(step), rate: scalar(0.1), progress: scalar(progressOf(k, steps.length)) };
      const result = evaluateGraph(program.step, inputs, states, { seed: 0, step: k });
      states = { ...states, ...result.updates };
      expectAgrees(result.outputs['loss']!, scalar(step.loss), `loss ${k}`);
      for (const [state, value] of Object.entries(step.states))
        expectAgrees(states[state]!, array(value), `${state} after step ${k + 1}`);
    }
  });

  test('an average of a `param` follows what each step has made of it', () => {
    const text = `use std.energies { mean_square }
use std.layers { linear }
model Averaged {
  data x: [6]
  encoder f = linear(4)
  param c: [4] = normal([4])
  let slow = ema(c, decay: 0.75)
  energy E(x, y) = mean_square(f(x), y)
  minimize { near: E(x, c) + mean(square(c - 1)), still: mean_square(f(x), slow) }
  representation f(x)
}`;
    const program = optimizeProgram(compileModel(typedModel(text, size), sgd, 'tfjs'), 'tfjs');
    let states: Values = Object.fromEntries(
      program.states.map(({ name, type }) => {
        const shape = type.shape.map(Number);
        return [name, { ...zeros(shape), data: zeros(shape).data.map((_, i) => Math.sin(i + 1)) }];
      }),
    );
    const average = Object.keys(states).find((name) => name.endsWith('/c'))!;
    for (let k = 0; k < 3; k++) {
      const x = { shape: [size, 6], data: Float64Array.from({ length: size * 6 }, (_, i) => Math.cos(i + k)) };
      const inputs = { x, rate: scalar(0.1), progress: scalar(k / 2) };
      const { updates } = evaluateGraph(program.step, inputs, states, { seed: 0, step: k });
      const expected = states[average]!.data.map((old, i) => 0.75 * old + 0.25 * updates['c']!.data[i]!);
      expect(updates['c']!.data).not.toEqual(states['c']!.data);
      expectAgrees(updates[average]!, { shape: [4], data: expected }, average);
      states = { ...states, ...updates };
    }
  });

  test.each([
    ['targets', 1],
    ['targets', 2],
    ['elastic', 2],
  ] as const)('%s, %i examples at a time', (name, micro) => {
    const program = compiled(name, 'tensorflow', micro);
    const { start, steps } = given[name] as { start: Record<string, Nested>; steps: Step[] };
    let states = startOf(program, start);
    for (const [k, step] of steps.entries()) {
      const inputs = { rate: scalar(0.1), progress: scalar(progressOf(k, steps.length)) };
      states = runMicro(program.micro!, batchOf(step), inputs, states);
      for (const [state, value] of Object.entries(step.states))
        expectAgrees(states[state]!, array(value), `${state} after step ${k + 1}`, 1e-9);
    }
  });
});

function runMicro({ passes, count, size: rows, scratch }: MicroStep, batch: Values, scalars: Values, start: Values) {
  let now: Values = { ...Object.fromEntries(scratch.map((s) => [s.name, zeros(s.type.shape.map(Number))])), ...start };
  for (const { graph, each } of passes) {
    for (let micro = 0; micro < (each ? count : 1); micro++) {
      const part = ({ shape, data }: NdArray): NdArray => {
        const run = data.length / shape[0]!;
        return { shape: [rows, ...shape.slice(1)], data: data.slice(micro * rows * run, (micro + 1) * rows * run) };
      };
      const fields = Object.fromEntries(Object.entries(batch).map(([name, value]) => [name, part(value)]));
      const inputs = { ...fields, ...scalars, micro: scalar(micro) };
      now = { ...now, ...evaluateGraph(graph, inputs, now, { seed: 0, step: 0 }).updates };
    }
  }
  return now;
}

const host = ({ shape, data }: NdArray): HostTensor => ({ shape, data: Float32Array.from(data) });
const hosts = (values: Values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, host(value)]));

async function expectSameSteps(model: LoadedModel, program: Program, name: keyof typeof texts): Promise<void> {
  const { start, steps } = given[name] as { start: Record<string, Nested>; steps: Step[] };
  await model.init(0);
  await model.write(hosts(startOf(program, start)));
  model.plannedSteps = steps.length;
  for (const [k, step] of steps.entries()) {
    const { loss } = await model.step(hosts(batchOf(step)), 0.1);
    expect(loss! / step.loss, `loss ${k}`).toBeCloseTo(1, 4);
  }
  const states = await model.read();
  for (const [state, value] of Object.entries(steps.at(-1)!.states))
    expectAgrees(states[state]!, array(value), state, 1e-4);
  model.dispose();
}

const directory = (): string => mkdtempSync(join(tmpdir(), 'ebmc-'));

describe.each(backends)('on the %s backend', (backend) => {
  test.each(names)('%s', async (name) => {
    await useBackend(backend);
    const program = compiled(name, 'tfjs');
    await expectSameSteps(
      await loadTfjsModel(program, emitTfjs(program).files, { directory: directory() }),
      program,
      name,
    );
  });
});

const native = tfjsNode();
describe.skipIf(native === undefined)('in a TensorFlow session', () => {
  test.each([...names.map((name) => [name, undefined] as const), ['targets', 2] as const, ['elastic', 2] as const])(
    '%s, micro-batches of %s',
    async (name, micro) => {
      await useBackend('tensorflow');
      const program = compiled(name, 'tensorflow', micro);
      const model = await loadSavedModel(program, emitTensorflow(program), native!, { directory: directory() });
      await expectSameSteps(model, program, name);
    },
  );
});
