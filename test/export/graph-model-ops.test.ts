/** Every operation that tfjs's graph models have, on each backend, against its float64 definition. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { ops } from '../../src/compiler/graph/ops/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { emitFrozen } from '../../src/compiler/targets/tensorflow/emit-frozen.js';
import { graphModel } from '../../src/compiler/targets/tensorflow/graph-model.js';
import { useBackend } from '../targets/backends.js';
import { opCases } from '../targets/op-cases.js';
import { loadFiles } from './graph-model.js';

/** What a frozen graph has: no draws, no fused operations, nothing in bfloat16. */
const cases = opCases.filter(({ graph }) => {
  const { op, attrs } = graph.outputs['value']!;
  return !/^(random|normalize|adamw|relu_gradient)/.test(op) && !attrs['narrow'] && ops[op].tensorflow !== undefined;
});

const refused = ['conv2d_input_gradient', 'conv2d_filter_gradient', 'scatter_add', 'write_rows'];

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  test.each(cases.map(({ name }, i) => [name, i] as const))('%s', async (_, i) => {
    await useBackend(backend);
    const { graph, inputs } = cases[i]!;
    const { op, attrs, type } = graph.outputs['value']!;
    const emit = () => graphModel(emitFrozen({ graph, weights: new Map() }), 'ebmc', {});
    const isSpread = op === 'pad' && (attrs['interior'] as readonly number[]).some((n) => n > 0);
    if (refused.includes(op) || isSpread || Number(attrs['batchDims']) > 0) {
      expect(emit).toThrow('cannot be exported to tfjs');
      return;
    }
    const { json, shards } = emit();
    expect(shards.length).toBe(1);
    const files: Record<string, Uint8Array> = {
      'model.json': new TextEncoder().encode(json(['w.bin'])),
      'w.bin': shards[0]!,
    };
    const model = await loadFiles((name) => files[name]!);
    const expected = evaluateGraph(graph, inputs, {}, { seed: 7, step: 3 }).outputs['value']!;
    const given = graph.inputs.map((node) => {
      const name = String(node.attrs['name']);
      const { data, shape } = inputs[name]!;
      return [name, tf.tensor([...data], [...shape], node.type.dtype)] as const;
    });
    const result = model.predict(Object.fromEntries(given)) as tf.Tensor;
    expect(result.shape).toEqual(expected.shape);
    expect(result.dtype).toBe(type.dtype);
    const values = await result.data();
    expected.data.forEach((wanted, k) => {
      const allowed = type.dtype === 'float32' ? 1e-5 * Math.max(1, Math.abs(wanted)) : 0;
      expect(Math.abs(values[k]! - wanted), `element ${k}: ${values[k]} for ${wanted}`).toBeLessThanOrEqual(allowed);
    });
    model.dispose();
  });
});
