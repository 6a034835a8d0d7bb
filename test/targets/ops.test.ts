/** Every operation of the table, emitted and run on each backend, against its float64 definition. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { ops } from '../../src/compiler/graph/ops/index.js';
import { narrowOf } from '../../src/compiler/graph/ops/narrow.js';
import { spellOutProgram } from '../../src/compiler/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { emitTfjs } from '../../src/compiler/targets/tfjs/emit.js';
import { type Generated, importGenerated, type Tensors } from '../../src/runtime/backends/import-generated.js';
import { backends, useBackend } from './backends.js';
import { opCases, opProgram } from './op-cases.js';

test('every operation that a graph may hold has a case', () => {
  const covered = new Set(opCases.flatMap(({ graph }) => [graph.name, ...graph.inputs.map((node) => node.op)]));
  const emitted = Object.values(ops).filter((op) => op.tfjs !== undefined);
  expect(emitted.map((op) => op.name).filter((name) => !covered.has(name))).toEqual([]);
});

describe.each(backends)('on %s', (backend) => {
  let model: Generated & Readonly<Record<string, unknown>>;
  const { files, manifest } = emitTfjs(spellOutProgram(opProgram));

  beforeAll(async () => {
    await useBackend(backend);
    model = (await importGenerated(files, mkdtempSync(join(tmpdir(), 'ebmc-')))) as typeof model;
    model.init(7);
    model.stepNumber = 3;
  });

  test.each(opCases.map(({ name }, i) => [name, i] as const))('%s', (_, i) => {
    const { graph, inputs } = opCases[i]!;
    const expected = evaluateGraph(graph, inputs, {}, { seed: 7, step: 3 }).outputs['value']!;
    const before = tf.memory().numTensors;
    const tensors = Object.fromEntries(
      graph.inputs.map((node) => {
        const name = String(node.attrs['name']);
        const { data, shape } = inputs[name]!;
        return [name, tf.tensor([...data], [...shape], node.type.dtype)];
      }),
    );
    const method = manifest.energies[`case_${i}`] as string;
    const result = (model[method] as (batch: Tensors) => tf.Tensor).call(model, tensors);
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
    // The tensors that went in are still there, and what came out; nothing else.
    expect(Object.values(tensors).every((tensor) => !tensor.isDisposed)).toBe(true);
    tf.dispose([...Object.values(tensors), result]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
