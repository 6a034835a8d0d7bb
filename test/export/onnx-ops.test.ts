/** Every operation with a lowering to ONNX, run by ONNX Runtime, against its float64 definition. */
import { beforeAll, describe, expect, test } from 'vitest';
import { ops } from '../../src/compiler/graph/ops/index.js';
import { emitOnnx } from '../../src/compiler/targets/onnx/emit.js';
import { encodeOnnx } from '../../src/compiler/targets/onnx/encode.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { opCases } from '../targets/op-cases.js';
import { hasPython, type OnnxSeen, runOnnx, setUpOnnx } from './onnx.js';

const about = { name: 'op', version: '0', description: '', values: {}, metadata: {} };
const cases = opCases.filter(({ graph }) => ops[graph.outputs['value']!.op].onnx !== undefined);

test('what has no lowering to ONNX is drawn, a gradient, fused, an update or of the typed model', () => {
  const without = Object.values(ops).filter(({ onnx, evaluate }) => onnx === undefined && evaluate !== undefined);
  expect(without.map(({ name }) => name)).toEqual([
    ...['conv2d_input_gradient', 'conv2d_filter_gradient', 'scatter_add', 'write_rows'],
    ...['random_uniform', 'random_normal', 'random_permutation'],
    ...['normalize', 'normalize_moment', 'normalize_gradient', 'relu_gradient', 'adamw_step'],
  ]);
});

describe.skipIf(!hasPython)('in ONNX Runtime', () => {
  let seen: readonly OnnxSeen[];

  beforeAll(() => {
    setUpOnnx();
    seen = runOnnx(
      cases.map(({ graph, inputs }) => {
        const call = graph.inputs.map((node) => {
          const name = String(node.attrs['name']);
          return [name, { ...inputs[name]!, dtype: node.type.dtype }] as const;
        });
        const model = encodeOnnx(emitOnnx({ graph, weights: new Map() }), about);
        return { model, calls: [Object.fromEntries(call)] };
      }),
    );
  }, 400_000);

  test.each(cases.map(({ name }, i) => [name, i] as const))('%s', (_, i) => {
    const { graph, inputs } = cases[i]!;
    const expected = evaluateGraph(graph, inputs, {}, { seed: 7, step: 3 }).outputs['value']!;
    const { type, attrs } = graph.outputs['value']!;
    const [result] = seen[i]!.outputs[0]!;
    expect(result!.dtype).toBe(type.dtype);
    expect(result!.shape).toEqual(expected.shape);
    const exactness = attrs['narrow'] ? 5e-2 : 1e-5;
    expected.data.forEach((wanted, k) => {
      const allowed = type.dtype === 'float32' ? exactness * Math.max(1, Math.abs(wanted)) : 0;
      expect(Math.abs(result!.data[k]! - wanted), `element ${k}`).toBeLessThanOrEqual(allowed);
    });
  });
});
