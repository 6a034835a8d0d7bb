/** Every metric against scikit-learn and NumPy: see test/reference/metrics.py. */

import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { defaultMeasures } from '../../src/compiler/index.js';
import { randomBits } from '../../src/runtime/data/index.js';
import { symmetricEigenvalues } from '../../src/runtime/evaluate/eigenvalues.js';
import { evaluate } from '../../src/runtime/evaluate/evaluate.js';
import {
  alignment,
  knnAccuracy,
  linearProbe,
  type Matrix,
  rankme,
  spread,
  tfjsAlgebra,
  uniformity,
} from '../../src/runtime/evaluate/index.js';
import { largestInRows } from '../../src/runtime/evaluate/largest-in-rows.js';
import { minimize } from '../../src/runtime/evaluate/lbfgs.js';
import { fitProbe } from '../../src/runtime/evaluate/linear-probe.js';
import { logisticPath, scoreLogistic } from '../../src/runtime/evaluate/logistic.js';
import { mostSimilar, nearestOfProducts } from '../../src/runtime/evaluate/most-similar.js';
import { plainAlgebra } from '../../src/runtime/evaluate/plain-algebra.js';
import { singularValues } from '../../src/runtime/evaluate/rankme.js';
import { measureStandardization, standardize } from '../../src/runtime/evaluate/standardize.js';
import { stratifiedFolds, stratifiedSubset } from '../../src/runtime/evaluate/subsets.js';
import { failure, tinyDataset, tinyModel } from './support.js';

interface Reference {
  readonly classes: number;
  readonly dimensions: number;
  readonly x: number[];
  readonly y: number[];
  readonly testX: number[];
  readonly testY: number[];
  readonly other: number[];
  readonly knn: number;
  readonly logistic: Readonly<Record<string, { weights: number[]; accuracy: number; crossEntropy: number }>>;
  readonly singular: number[];
  readonly rankme: number;
  readonly uniformity: number;
  readonly alignment: number;
  readonly spread: { mean: number; min: number };
}

const reference = JSON.parse(readFileSync(new URL('fixtures/metrics.json', import.meta.url), 'utf8')) as Reference;
const { classes, dimensions: columns } = reference;
const matrix = (values: number[]): Matrix => ({
  rows: values.length / columns,
  columns,
  data: Float32Array.from(values),
});
const [x, testX] = [matrix(reference.x), matrix(reference.testX)];

function noise(rows: number, size: number, seed: number): Matrix {
  const bits = randomBits(seed);
  return { rows, columns: size, data: Float32Array.from({ length: rows * size }, () => bits() / 2 ** 31 - 1) };
}

describe('against scikit-learn and NumPy', () => {
  test('k-NN', async () => {
    const options = { neighbours: 20, classes };
    expect(await knnAccuracy(x, reference.y, testX, reference.testY, options, plainAlgebra)).toBe(reference.knn);
  });

  test('logistic regression has the same weights at each strength', async () => {
    const l2s = [1, 0.01, 0.0001];
    const scaling = measureStandardization(x);
    const options = { classes, tolerance: 1e-7 };
    const path = logisticPath(standardize(x, scaling), reference.y, options, plainAlgebra);
    for (const l2 of l2s) {
      const model = await path.fit(l2);
      const expected = reference.logistic[l2 === 1 ? '1.0' : String(l2)]!;
      expect(model.converged).toBe(true);
      expected.weights.forEach((weight, j) => {
        expect(Math.abs(model.weights[j]! - weight)).toBeLessThan(2e-3 * Math.max(1, Math.abs(weight)));
      });
      const score = await scoreLogistic(model, standardize(testX, scaling), reference.testY, plainAlgebra);
      expect(score.accuracy).toBe(expected.accuracy);
      expect(score.crossEntropy).toBeCloseTo(expected.crossEntropy, 4);
    }
  });

  test('RankMe, uniformity, alignment, spread', () => {
    singularValues(x).forEach((value, i) => {
      expect(value).toBeCloseTo(reference.singular[i]!, 3);
    });
    expect(rankme(x)).toBeCloseTo(reference.rankme, 5);
    expect(uniformity(x)).toBeCloseTo(reference.uniformity, 5);
    expect(alignment(x, matrix(reference.other))).toBeCloseTo(reference.alignment, 5);
    expect(spread(x).mean).toBeCloseTo(reference.spread.mean, 5);
    expect(spread(x).min).toBeCloseTo(reference.spread.min, 5);
  });
});

describe('the extremes', () => {
  test('collapsed and healthy representations', () => {
    const constant: Matrix = { rows: 50, columns: 8, data: new Float32Array(400).fill(0.3) };
    expect(rankme(constant)).toBeCloseTo(1, 3);
    expect(spread(constant).mean).toBeCloseTo(0, 5);
    expect(uniformity(constant)).toBeCloseTo(0, 5);
    const healthy = noise(500, 8, 1);
    expect(rankme(healthy)).toBeGreaterThan(7.9);
    expect(spread(healthy).mean).toBeCloseTo(1, 1);
    expect(rankme({ rows: 3, columns: 4, data: new Float32Array(12) })).toBe(0);
  });

  test('wide and tall matrices have the same singular values', () => {
    const tall = noise(40, 7, 2);
    const wide: Matrix = { rows: 7, columns: 40, data: new Float32Array(280) };
    for (let i = 0; i < 40; i++) for (let j = 0; j < 7; j++) wide.data[j * 40 + i] = tall.data[i * 7 + j]!;
    const [a, b] = [singularValues(tall), singularValues(wide)];
    a.forEach((value, i) => {
      expect(value).toBeCloseTo(b[i]!, 9);
    });
  });

  test('eigenvalues: known ones, repeated ones, trace and squares of a random matrix', () => {
    const rows = (values: number[][]) => values.map((row) => Float64Array.from(row));
    expect(
      Array.from(
        symmetricEigenvalues(
          rows([
            [2, 1],
            [1, 2],
          ]),
        ),
        (v) => v.toFixed(9),
      ),
    ).toEqual(['1.000000000', '3.000000000']);
    expect(
      Array.from(
        symmetricEigenvalues(
          rows([
            [5, 0, 0],
            [0, 5, 0],
            [0, 0, -1],
          ]),
        ),
      ),
    ).toEqual([-1, 5, 5]);
    expect(Array.from(symmetricEigenvalues([]))).toEqual([]);
    const n = 60;
    const { data } = noise(n, n, 3);
    const symmetric = Array.from({ length: n }, (_, i) =>
      Float64Array.from({ length: n }, (_, j) => data[i * n + j]! + data[j * n + i]!),
    );
    const sum = (values: Iterable<number>) => Array.from(values).reduce((a, b) => a + b, 0);
    const [trace, squares] = [
      sum(symmetric.map((row, i) => row[i]!)),
      sum(symmetric.map((row) => sum(row.map((v) => v * v)))),
    ];
    const values = symmetricEigenvalues(symmetric);
    expect(sum(values)).toBeCloseTo(trace, 8);
    expect(sum(values.map((v) => v * v))).toBeCloseTo(squares, 6);
  });

  test('the most similar: ties by place, fewer values than asked for never happen', () => {
    expect(Array.from(mostSimilar(Float32Array.from([1, 3, 2, 3, 0]), 3))).toEqual([1, 3, 2]);
  });

  test('L-BFGS on Rosenbrock', async () => {
    const rosenbrock = async (p: Float64Array) => {
      const [a, b] = [p[0]!, p[1]!];
      const gradient = Float64Array.from([-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)]);
      return { value: (1 - a) ** 2 + 100 * (b - a * a) ** 2, gradient };
    };
    const { point, converged } = await minimize(rosenbrock, Float64Array.from([-1.2, 1]), {
      tolerance: 1e-9,
      maxIterations: 200,
    });
    expect(converged).toBe(true);
    expect(point[0]).toBeCloseTo(1, 6);
    expect(point[1]).toBeCloseTo(1, 6);
  });
});

describe('subsets of labels', () => {
  const labels = Array.from({ length: 1000 }, (_, i) => (i % 10 === 9 ? 1 : 0));
  test('are stratified, nested and depend on the seed alone', () => {
    const [small, large] = [stratifiedSubset(labels, 0.01, 1), stratifiedSubset(labels, 0.1, 1)];
    expect(small.length).toBe(10);
    expect(Array.from(small).filter((i) => labels[i] === 1)).toHaveLength(1);
    expect(Array.from(small).every((i) => large.includes(i))).toBe(true);
    expect(stratifiedSubset(labels, 0.01, 1)).toEqual(small);
    expect(stratifiedSubset(labels, 0.01, 2)).not.toEqual(small);
    expect(stratifiedSubset(labels, 1, 2)).toHaveLength(1000);
    expect(stratifiedSubset(labels, 1e-6, 2)).toHaveLength(2);
  });

  test('folds are even', () => {
    const fold = stratifiedFolds(labels, 10, 3);
    for (let f = 0; f < 10; f++) expect(Array.from(fold).filter((value) => value === f)).toHaveLength(100);
  });
});

test('the cross-entropy is the same on a tfjs backend', async () => {
  await import('@tensorflow/tfjs-backend-cpu');
  const [plain, onBackend] = [plainAlgebra.fix(x), tfjsAlgebra.fix(x)];
  const weights = Float64Array.from(noise(columns + 1, classes, 4).data);
  const expected = await plain.crossEntropy(reference.y, classes)(weights);
  const actual = await onBackend.crossEntropy(reference.y, classes)(weights);
  onBackend.dispose();
  for (const key of ['losses', 'gradient'] as const) {
    expected[key].forEach((value, i) => {
      expect(actual[key][i]).toBeCloseTo(value, 4);
    });
  }
});

test('the largest of long rows are those that sorting finds', async () => {
  await import('@tensorflow/tfjs-backend-cpu');
  const [height, rows, k] = [3, 1000, 7];
  const { data } = noise(height, rows, 11);
  const { values, indices } = largestInRows(tf.tensor2d(data, [height, rows]), k);
  const expected = nearestOfProducts(data, height, k);
  expect(Array.from(await indices.data())).toEqual(Array.from(expected.indices));
  expect(Array.from(await values.data())).toEqual(Array.from(expected.products));
  // All equal: the first.
  const equal = largestInRows(tf.ones([1, rows]), k).indices;
  expect(Array.from(await equal.data())).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('the linear probe separates what is separable, the same every time', async () => {
  const probe = { classes, labels: 1, seed: 1 };
  const first = await linearProbe(x, reference.y, testX, reference.testY, probe, plainAlgebra);
  expect(first).toMatchObject({ examples: 120, converged: true });
  expect(first.accuracy).toBeGreaterThan(0.6);
  expect(await linearProbe(x, reference.y, testX, reference.testY, probe, plainAlgebra)).toEqual(first);
});

test('a probe as one layer gives the classes that the probe gives', async () => {
  const { predict, head } = await fitProbe(x, reference.y, { classes, labels: 1, seed: 1 }, plainAlgebra);
  const rows = testX.data.length / columns;
  const logit = (row: number, c: number): number =>
    Array.from({ length: columns }, (_, j) => testX.data[row * columns + j]! * head.weight[j * classes + c]!).reduce(
      (sum, value) => sum + value,
      head.bias[c]!,
    );
  const largest = Array.from({ length: rows }, (_, row) => {
    const logits = Array.from({ length: classes }, (_value, c) => logit(row, c));
    return logits.indexOf(Math.max(...logits));
  });
  expect(Array.from(await predict(testX))).toEqual(largest);
});

describe('evaluate', () => {
  const settings = { neighbours: 5, labels: [0.05, 1], measures: defaultMeasures };
  test('trained, untrained, raw input; the model is left trained', async () => {
    const model = tinyModel();
    await model.init(9);
    const states = await model.read();
    const warnings: string[] = [];
    const dataset = tinyDataset(203);
    const warn = ({ code }: { code: string }) => warnings.push(code);
    const result = await evaluate({ model, dataset, settings, states, seed: 1, warn });
    expect(result.rows.map(({ name, dimensions }) => [name, dimensions])).toEqual([
      ['trained', 3],
      ['untrained', 3],
      ['raw input', 4],
    ]);
    const raw = result.rows[2]!;
    expect(raw.linear.map(({ labels }) => labels)).toEqual([0.05, 1]);
    expect(raw.linear[1]!.accuracy).toBeGreaterThan(0.95);
    expect(raw.knn).toBeGreaterThan(0.6);
    expect(await model.read()).toEqual(states);
    expect(warnings).toEqual([]);
    const again = await evaluate({ model, dataset, settings, states, seed: 1, warn });
    expect(again).toEqual(result);
  });

  test('without labels or without a test split', async () => {
    const model = tinyModel();
    const states = await model.read();
    const warnings: string[] = [];
    const warn = ({ code }: { code: string }) => warnings.push(code);
    const dataset = tinyDataset();
    const unlabelled = { ...dataset, fields: dataset.fields.slice(0, 1) };
    const result = await evaluate({ model, dataset: unlabelled, settings, states, seed: 1, warn });
    expect(result.rows[0]).toMatchObject({ knn: undefined, linear: [] });
    expect(warnings).toEqual(['EBM5014']);
    const noTest = { ...dataset, splits: ['train' as const] };
    expect((await failure(evaluate({ model, dataset: noTest, settings, states, seed: 1, warn }))).code).toBe('EBM4014');
  });
});
