import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
} from '../../src/compiler/targets/tfjs/support/convolution.js';
import { backends, useBackend } from './backends.js';

interface Case {
  readonly input: [number, number, number, number];
  readonly filter: [number, number, number, number];
  readonly strides: readonly [number, number];
  readonly padding: readonly [number, number, number, number];
  readonly dilations?: readonly [number, number];
}

const cases: readonly Case[] = [
  { input: [2, 5, 5, 3], filter: [3, 3, 3, 4], strides: [1, 1], padding: [1, 1, 1, 1] },
  { input: [2, 5, 6, 1], filter: [3, 3, 1, 2], strides: [1, 1], padding: [0, 0, 0, 0] },
  { input: [3, 8, 8, 2], filter: [3, 3, 2, 4], strides: [2, 2], padding: [0, 1, 0, 1] },
  { input: [2, 8, 8, 2], filter: [3, 3, 2, 4], strides: [2, 2], padding: [1, 1, 1, 1] },
  { input: [2, 7, 9, 2], filter: [1, 1, 2, 3], strides: [2, 2], padding: [0, 0, 0, 0] },
  { input: [1, 8, 8, 2], filter: [4, 4, 2, 3], strides: [4, 4], padding: [0, 0, 0, 0] },
  { input: [2, 9, 7, 2], filter: [2, 3, 2, 3], strides: [3, 2], padding: [2, 1, 0, 3] },
  { input: [2, 6, 6, 2], filter: [1, 1, 2, 3], strides: [1, 1], padding: [2, 2, 2, 2] },
  { input: [1, 4, 4, 1], filter: [3, 3, 1, 1], strides: [1, 1], padding: [2, 2, 2, 2] },
  { input: [2, 9, 7, 2], filter: [2, 3, 2, 3], strides: [1, 1], padding: [1, 0, 0, 2], dilations: [3, 2] },
  { input: [2, 9, 9, 2], filter: [3, 2, 2, 3], strides: [2, 2], padding: [1, 1, 1, 1], dilations: [2, 3] },
];

const wave = (shape: number[], phase: number): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(1 + i * 1.7 + phase)),
    shape,
  );

/** Visits every (image place, filter place, result place) that meet, by flat index. */
function meetings(
  { input, filter, strides, padding, dilations = [1, 1] }: Case,
  out: number[],
  visit: (x: number, w: number, y: number) => void,
): void {
  const [n, h, wd, c] = input;
  const [kh, kw, , o] = filter;
  const [, oh, ow] = out as [number, number, number, number];
  for (let b = 0; b < n; b++)
    for (let i = 0; i < oh; i++)
      for (let j = 0; j < ow; j++)
        for (let p = 0; p < kh; p++)
          for (let q = 0; q < kw; q++) {
            const row = i * strides[0] + p * dilations[0] - padding[0];
            const column = j * strides[1] + q * dilations[1] - padding[2];
            if (row < 0 || column < 0 || row >= h || column >= wd) continue;
            for (let k = 0; k < c; k++)
              for (let m = 0; m < o; m++)
                visit(
                  ((b * h + row) * wd + column) * c + k,
                  ((p * kw + q) * c + k) * o + m,
                  ((b * oh + i) * ow + j) * o + m,
                );
          }
}

function expectClose(actual: tf.Tensor, expected: Float64Array): void {
  const values = actual.dataSync();
  expect(values.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(values[i]).toBeCloseTo(expected[i] as number, 4);
}

describe.each(backends)('convolution on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(cases)('$input by $filter, strides $strides, padding $padding, dilations $dilations', (testCase) => {
    const { input, filter, strides, padding, dilations = [1, 1] } = testCase;
    const x = wave(input, 0);
    const w = wave(filter, 1);
    const before = tf.memory().numTensors;
    const y = conv2d(x, w, strides, padding, dilations);
    const dy = wave(y.shape, 2);
    const dw = conv2dFilterGradient(x, dy, filter, strides, padding, dilations);
    const dx = conv2dInputGradient(dy, w, input, strides, padding, dilations);
    expect(tf.memory().numTensors).toBe(before + 4);

    const [xs, ws, dys] = [x.dataSync(), w.dataSync(), dy.dataSync()] as [Float32Array, Float32Array, Float32Array];
    const ys = new Float64Array(y.size);
    const dws = new Float64Array(w.size);
    const dxs = new Float64Array(x.size);
    meetings(testCase, y.shape, (i, j, k) => {
      ys[k]! += (xs[i] as number) * (ws[j] as number);
      dws[j]! += (xs[i] as number) * (dys[k] as number);
      dxs[i]! += (ws[j] as number) * (dys[k] as number);
    });
    expect(dw.shape).toEqual(filter);
    expect(dx.shape).toEqual(input);
    expectClose(y, ys);
    expectClose(dw, dws);
    expectClose(dx, dxs);
    tf.dispose([x, w, y, dy, dw, dx]);
  });
});
