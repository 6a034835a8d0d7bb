/** What a training step on processors computes by other operations than those that others load: the same numbers, to rounding. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Builder } from '../../src/compiler/graph/builder.js';
import type { Attrs, Node, Program, TensorType } from '../../src/compiler/graph/types.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { servingTag } from '../../src/compiler/targets/tensorflow/signatures.js';
import { tfjsNode, useBackend } from './backends.js';

const native = tfjsNode();
const nothing = { inputs: [], outputs: {}, updates: {} };

/** A program whose step is one operation on inputs named x and y. */
function programOf(op: Node['op'], types: readonly TensorType[], attrs: Attrs): Program {
  const b = new Builder();
  const inputs = types.map((type, i) => b.op('input', [], { name: 'xyz'[i]!, ...type }));
  const outputs = { value: b.op(op, inputs, attrs) };
  return {
    model: 'One',
    batch: 1,
    states: [],
    init: { name: 'init', ...nothing },
    step: { name: 'step', inputs, outputs, updates: {} },
    represent: { name: 'represent', inputs, outputs, updates: {} },
    energies: {},
  };
}

function operationsOf(program: Program, fused: boolean): readonly string[] {
  const text = new TextDecoder('latin1').decode(emitTensorflow(program, { fused }).files['saved_model.pb']);
  return ['Conv2DBackpropFilter', 'Conv2DBackpropInput', 'PartitionedCall', 'MatMul', 'SelectV2', 'Pad'].filter((op) =>
    text.includes(`step/${op}`),
  );
}

async function computed(program: Program, fused: boolean, inputs: readonly tf.Tensor[]): Promise<Float32Array> {
  const { files, manifest } = emitTensorflow(program, { fused });
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-'));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  const signature = await native!.node.loadSavedModel(folder, [servingTag], 'step');
  const given = Object.fromEntries(
    manifest.signatures['step']!.inputs.map((name) => [name, inputs['xyz'.indexOf(name)]!]),
  );
  const result = signature.predict(given)['value']!;
  const values = result.dataSync() as Float32Array;
  result.dispose();
  signature.dispose();
  return values.slice();
}

/** Numbers that look random and are the same each time. */
function noise(shape: readonly number[], seed: number): tf.Tensor {
  let state = seed;
  const data = Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
  return tf.tensor(data, [...shape]);
}

const float = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });

async function expectAlike(program: Program, inputs: readonly tf.Tensor[], exactness: number): Promise<void> {
  const [plain, fast] = [await computed(program, false, inputs), await computed(program, true, inputs)];
  const largest = plain.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  expect(largest).toBeGreaterThan(0);
  let error = 0;
  plain.forEach((value, i) => {
    error = Math.max(error, Math.abs(fast[i]! - value));
  });
  expect(error / largest).toBeLessThanOrEqual(exactness);
  tf.dispose([...inputs]);
}

const same = { stride: [1, 1], pad: [1, 1, 1, 1], dilation: [1, 1] };
const convolution = (n: number, h: number, w: number, channels: number, results: number) => ({
  images: float(n, h, w, channels),
  filter: float(3, 3, channels, results),
  results: float(n, h, w, results),
});
/** In two blocks of tiles of 4 × 4 results; of 2 × 2. */
const fours = convolution(176, 8, 12, 128, 160);
const twos = convolution(40, 6, 10, 256, 256);

describe('which operations', () => {
  const strided = { stride: [2, 2], pad: [1, 1, 1, 1], dilation: [1, 1] };
  const gradient = (attrs: Attrs) =>
    programOf('conv2d_filter_gradient', [float(4, 8, 8, 6), float(4, 4, 4, 5)], {
      filterShape: [3, 3, 6, 5],
      ...attrs,
    });

  test('convolutions with many channels are products of tiles', () => {
    const operations = ({ images, filter }: typeof fours, attrs: Attrs) =>
      operationsOf(programOf('conv2d', [images, filter], attrs), true);
    expect(operations(fours, same)).toEqual(['MatMul', 'Pad']);
    expect(operations(twos, same)).toEqual(['MatMul', 'Pad']);
    expect(operations(fours, { ...same, pad: [1, 1, 1, 2] })).toEqual([]);
    expect(operations(convolution(40, 8, 10, 128, 160), same)).toEqual([]);
  });

  test('gradients of 16-bit filters with short rows are products of patches', () => {
    expect(operationsOf(gradient({ ...strided, narrow: 'bfloat16' }), true)).toEqual(['MatMul', 'Pad']);
    expect(operationsOf(gradient({ ...strided, narrow: 'bfloat16' }), false)).toEqual(['Conv2DBackpropFilter', 'Pad']);
    expect(operationsOf(gradient(strided), true)).toEqual(['Conv2DBackpropFilter', 'Pad']);
  });

  test('whole rows are chosen by Select', () => {
    const rows = programOf('where', [{ dtype: 'bool', shape: [4, 1] }, float(4, 3), float(4, 3)], {});
    expect(operationsOf(rows, true)).toEqual([]);
    expect(operationsOf(rows, false)).toEqual(['SelectV2']);
  });
});

describe.skipIf(native === undefined)('in a session', () => {
  beforeAll(() => useBackend('tensorflow'));

  const sizes = [
    { size: '4 × 4', shapes: fours, exactness: 1e-5 },
    { size: '2 × 2', shapes: twos, exactness: 5e-6 },
  ];
  describe.each(sizes)('many channels, by Winograd, $size results a tile', ({ shapes, exactness }) => {
    const { images, filter, results } = shapes;
    test.each([
      ['conv2d', [images, filter], same],
      ['conv2d_input_gradient', [results, filter], { ...same, inputShape: images.shape }],
      ['conv2d_filter_gradient', [images, results], { ...same, filterShape: filter.shape }],
    ] as const)('%s', async (op, types, attrs) => {
      const inputs = types.map(({ shape }, i) => noise(shape.map(Number), i + 1));
      await expectAlike(programOf(op, types, attrs), inputs, exactness);
    });
  });

  test.each([
    ['stride 2', [6, 8, 8, 5], [3, 3, 5, 7], [2, 2], [1, 1, 1, 1], [4, 4]],
    ['stride 1', [6, 5, 7, 5], [3, 3, 5, 7], [1, 1], [1, 1, 1, 1], [5, 7]],
    ['unlike strides and padding', [3, 11, 9, 2], [2, 3, 2, 4], [3, 2], [2, 1, 0, 1], [5, 4]],
    ['rows that no window reaches', [3, 10, 10, 2], [3, 3, 2, 4], [4, 4], [0, 0, 0, 0], [2, 2]],
  ] as const)('the gradient of a 16-bit filter as a product of patches: %s', async (_, x, w, stride, pad, out) => {
    const attrs = { stride: [...stride], pad: [...pad], dilation: [1, 1], filterShape: [...w], narrow: 'bfloat16' };
    const types = [float(...x), float(x[0], ...out, w[3])];
    const inputs = types.map(({ shape }, i) => noise(shape.map(Number), i + 3));
    await expectAlike(programOf('conv2d_filter_gradient', types, attrs), inputs, 1e-2);
  });

  test('a choice of whole rows', async () => {
    const program = programOf('where', [{ dtype: 'bool', shape: [3, 1, 1] }, float(3, 2, 2), float(3, 2, 2)], {});
    const inputs = [tf.tensor([1, 0, 1], [3, 1, 1], 'bool'), noise([3, 2, 2], 1), noise([3, 2, 2], 2)];
    await expectAlike(program, inputs, 0);
  });
});
