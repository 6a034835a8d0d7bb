/** Training in micro-batches in a TensorFlow session: the steps of the whole batch, and memory that does not grow with it. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { FileLibrary } from '../../src/runtime/library.js';
import type { HostTensor, LoadedModel } from '../../src/runtime/model.js';
import { tfjsNode, useBackend } from './backends.js';

const native = tfjsNode();
const batch = 16;
const sgd = { name: 'sgd', settings: { rate: 0.1, momentum: 0.9, decay: 0 } } as const;

function compiled(microBatch: number | undefined) {
  const path = 'examples/simclr.ebm';
  const checked = checkFile({ path, text: readFileSync(path, 'utf8') }, new FileLibrary(path), { train: { batch } });
  return optimizeProgram(compileModel(checked.models[0]!, { optimizer: sgd, microBatch }, 'tensorflow'), 'tensorflow');
}

async function load(size: number | undefined): Promise<LoadedModel> {
  const program = compiled(size);
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const model = await loadSavedModel(program, emitTensorflow(program), native!, { directory });
  await model.init(3);
  return model;
}

const pictures = (phase: number): HostTensor => ({
  shape: [batch, 28, 28, 1],
  data: Float32Array.from({ length: batch * 784 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.013 * ((i % 5) + 1) + phase)),
});

describe.skipIf(native === undefined)('in a session', () => {
  beforeAll(() => useBackend('tensorflow'));

  test.each([4, 8, 16])(
    'micro-batches of %i give the losses, states and representations of the whole batch',
    async (size) => {
      const whole = await load(undefined);
      const parts = await load(size);
      const held = tf.memory().numTensors;
      for (let step = 0; step < 3; step++) {
        const batch = { x: pictures(step) };
        const expected = await whole.step(batch, 0.05);
        const actual = await parts.step(batch, 0.05);
        for (const [name, value] of Object.entries(expected)) expect(actual[name], name).toBeCloseTo(value, 3);
      }
      const [expected, actual] = [await whole.read(), await parts.read()];
      expect(Object.keys(actual)).toEqual(Object.keys(expected));
      for (const [name, { data }] of Object.entries(expected)) {
        // As a whole: where relu's argument is rounded to the other side of 0, single numbers differ. `test/reference` has it exactly.
        const far = Math.hypot(...Array.from(data, (value, i) => actual[name]!.data[i]! - value));
        const long = Math.max(1e-3 * Math.sqrt(data.length), Math.hypot(...data));
        expect(far / long, name).toBeLessThan(1e-2);
      }
      const input = { x: pictures(9) };
      const [left, right] = [await whole.represent(input), await parts.represent(input)];
      expect(right.shape).toEqual(left.shape);
      for (const [i, value] of left.data.entries()) expect(Math.abs(right.data[i]! - value)).toBeLessThan(1e-2);
      expect(tf.memory().numTensors).toBe(held);
      whole.dispose();
      parts.dispose();
    },
  );
});
