/** A program trained on each backend, step by step against the reference target. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { emitTfjs } from '../../src/compiler/targets/tfjs/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { loadTfjsModel } from '../../src/runtime/backends/load-tfjs.js';
import type { Batch, HostTensor, LoadedModel } from '../../src/runtime/model.js';
import { backends, tfjsNode, useBackend } from './backends.js';
import { trainingProgram } from './training-program.js';

const program = trainingProgram();
const { files } = emitTfjs(program);
const seed = 11;
const rate = 0.1;

const pictures = (phase: number): HostTensor => ({
  shape: [4, 6, 6, 1],
  data: Float32Array.from({ length: 144 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.7 + phase)),
});

function exact({ shape, data }: HostTensor): NdArray {
  return { shape, data: Float64Array.from(data) };
}

function expectClose(actual: HostTensor, expected: NdArray, name: string): void {
  expect(actual.shape, name).toEqual(expected.shape);
  expected.data.forEach((value, i) => {
    expect(Math.abs((actual.data[i] as number) - value), `${name}[${i}]`).toBeLessThan(2e-5);
  });
}

interface Place {
  readonly name: string;
  readonly backend: string;
  readonly load: (directory: string) => Promise<LoadedModel>;
}

const native = tfjsNode();
const places: readonly Place[] = [
  ...backends.map((name) => ({
    name,
    backend: name,
    load: (directory: string) => loadTfjsModel(program, files, { directory }),
  })),
  ...(native === undefined
    ? []
    : [
        {
          name: 'a TensorFlow session',
          backend: 'tensorflow',
          load: (directory: string) => loadSavedModel(program, emitTensorflow(program), native, { directory }),
        },
      ]),
];

describe.each(places)('on $name', ({ backend, load }) => {
  let model: LoadedModel;

  beforeAll(async () => {
    await useBackend(backend);
    model = await load(mkdtempSync(join(tmpdir(), 'ebmc-')));
    await model.init(seed);
  });

  afterAll(() => model.dispose());

  test('three steps give the reference metrics and states, and leave no tensors behind', async () => {
    let states = evaluateGraph(program.init, {}, {}, { seed, step: 0 }).updates;
    const held = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) {
      const x = pictures(step);
      expect(model.stepNumber).toBe(step);
      const metrics = await model.step({ x }, rate);
      const inputs = { x: exact(x), rate: { shape: [], data: Float64Array.of(rate) } };
      const expected = evaluateGraph(program.step, inputs, states, { seed, step });
      states = { ...states, ...expected.updates };
      for (const [name, value] of Object.entries(expected.outputs))
        expect(metrics[name]).toBeCloseTo(value.data[0]!, 4);
      const actual = await model.read();
      for (const [name, value] of Object.entries(states)) expectClose(actual[name]!, value, name);
      expect(tf.memory().numTensors).toBe(held);
    }
    const representation = await model.represent({ x: pictures(0) });
    const expected = evaluateGraph(program.represent, { x: exact(pictures(0)) }, states, { seed, step: 3 });
    expectClose(representation, expected.outputs['representation']!, 'representation');
    expect(tf.memory().numTensors).toBe(held);
  });

  test('states that were read and written again go on the same way', async () => {
    const states = await model.read();
    const { stepNumber } = model;
    const first = await model.step({ x: pictures(9) }, rate);
    await model.init(seed);
    await model.write(states);
    model.stepNumber = stepNumber;
    expect(await model.step({ x: pictures(9) }, rate)).toEqual(first);
  });

  test('the first operation to give a number that is not finite is named', async () => {
    const held = tf.memory().numTensors;
    expect(await model.explainNonFinite?.({ x: pictures(0) }, rate)).toBeUndefined();
    const before = { states: await model.read(), stepNumber: model.stepNumber };
    const explainAfter = async (batch: Batch): Promise<string | undefined> => {
      expect(Object.values(await model.step(batch, rate)).every(Number.isFinite)).toBe(false);
      await model.write(before.states);
      model.stepNumber = before.stepNumber;
      return model.explainNonFinite?.(batch, rate);
    };
    const broken: Batch = { x: { shape: [4, 6, 6, 1], data: new Float32Array(144).fill(Number.NaN) } };
    expect(await explainAfter(broken)).toBe('`add` in view');
    const huge: Batch = { x: { shape: [4, 6, 6, 1], data: new Float32Array(144).fill(3e30) } };
    expect(await explainAfter(huge)).toMatch(/^`(square|exp|logsumexp)` in loss$/);
    await model.init(seed);
    expect(tf.memory().numTensors).toBe(held);
  });
});
