/** Every operation of the table, written into a SavedModel and run by TensorFlow, against its float64 definition. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ops } from '../../src/compiler/graph/ops/index.js';
import { narrowOf } from '../../src/compiler/graph/ops/narrow.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { drawInputs, servingTag } from '../../src/compiler/targets/tensorflow/signatures.js';
import { tfjsNode, useBackend } from './backends.js';
import { opCases, opProgram } from './op-cases.js';

test('every operation with a lowering to tfjs has one to TensorFlow', () => {
  const missing = Object.values(ops).filter((op) => op.tfjs !== undefined && op.tensorflow === undefined);
  expect(missing.map((op) => op.name)).toEqual([]);
});

const native = tfjsNode();

describe.skipIf(native === undefined)('in a session', () => {
  const { files, manifest } = emitTensorflow(opProgram);
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-'));

  beforeAll(async () => {
    await useBackend('tensorflow');
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  });

  test.each(opCases.map(({ name }, i) => [name, i] as const))('%s', async (_, i) => {
    const { graph, inputs } = opCases[i]!;
    const expected = evaluateGraph(graph, inputs, {}, { seed: 7, step: 3 }).outputs['value']!;
    const name = `energy.case_${i}`;
    const signature = await native!.node.loadSavedModel(folder, [servingTag], name);
    const given: Record<string, tf.Tensor> = {
      [drawInputs.seed]: tf.scalar(7, 'int32'),
      [drawInputs.step]: tf.tensor1d([3, 0], 'int32'),
    };
    for (const node of graph.inputs) {
      const { data, shape } = inputs[String(node.attrs['name'])]!;
      given[String(node.attrs['name'])] = tf.tensor([...data], [...shape], node.type.dtype);
    }
    const taken = manifest.signatures[name]!.inputs.map((input) => [input, given[input]!] as const);
    const result = Object.values(signature.predict(Object.fromEntries(taken)))[0]!;
    const type = graph.outputs['value']!.type;
    expect(result.shape).toEqual(expected.shape);
    expect(result.dtype).toBe(type.dtype);
    // bfloat16 has 8 bits of fraction, float16 has 11; tfjs computes such products in float32.
    const exactness = { bfloat16: 5e-2, float16: 5e-3, none: 1e-5 }[narrowOf(graph.outputs['value']!) ?? 'none'];
    const values = result.dataSync();
    expected.data.forEach((wanted, k) => {
      const allowed = type.dtype === 'float32' ? exactness * Math.max(1, Math.abs(wanted)) : 0;
      expect(Math.abs(values[k]! - wanted), `element ${k}: ${values[k]} for ${wanted}`).toBeLessThanOrEqual(allowed);
    });
    tf.dispose([...Object.values(given), result]);
  });
});
