/** Measures against scikit-learn, torchmetrics, SciPy and NumPy: see test/reference/generators/measures.py. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Bootstrap, holm } from '../../src/runtime/compare/statistics.js';
import { auroc } from '../../src/runtime/evaluate/auroc.js';
import {
  compatibility,
  expectedCalibrationError,
  fitEnergyCalibration,
} from '../../src/runtime/evaluate/calibration.js';
import { adjustedRandIndex, normalizedMutualInformation } from '../../src/runtime/evaluate/cluster-agreement.js';
import { corrupt } from '../../src/runtime/evaluate/corruptions.js';
import { mean } from '../../src/runtime/evaluate/hits.js';
import { kMeans, lloyd } from '../../src/runtime/evaluate/k-means.js';
import { lidar } from '../../src/runtime/evaluate/lidar.js';
import { type Matrix, normalizeRows } from '../../src/runtime/evaluate/matrix.js';
import { plainAlgebra } from '../../src/runtime/evaluate/plain-algebra.js';
import { retrieve } from '../../src/runtime/evaluate/retrieval.js';

interface Reference {
  readonly classes: number;
  readonly rows: number[][];
  readonly labels: number[];
  readonly retrieval: { map: number; recall_1: number; recall_5: number };
  readonly first: number[][];
  readonly clusters: { assignments: number[]; inertia: number; nmi: number; ari: number };
  readonly views: number[][][];
  readonly lidar: number;
  readonly compatible: number[];
  readonly mismatched: number[];
  readonly auroc: number;
  readonly calibration: { slope: number; intercept: number; error: number };
  readonly picture: number[][][];
  readonly blurred: number[][][][];
  readonly correct: number[];
  readonly interval: [number, number];
  readonly ps: number[];
  readonly holm: number[];
}

const fixture = new URL('../reference/fixtures/measures.json', import.meta.url);
const reference = JSON.parse(readFileSync(fixture, 'utf8')) as Reference;
const { labels } = reference;
const matrix = (rows: number[][]): Matrix => ({
  rows: rows.length,
  columns: rows[0]!.length,
  data: Float32Array.from(rows.flat()),
});
const rows = matrix(reference.rows);

describe('retrieval', () => {
  test('as torchmetrics', async () => {
    const { averagePrecision, hits } = await retrieve(rows, labels, [1, 5], plainAlgebra);
    expect(mean(averagePrecision)).toBeCloseTo(reference.retrieval.map, 6);
    expect(mean(hits.get(1)!)).toBeCloseTo(reference.retrieval.recall_1, 6);
    expect(mean(hits.get(5)!)).toBeCloseTo(reference.retrieval.recall_5, 6);
  });

  test('a constant representation earns nothing, a class of one is no query', async () => {
    const constant = matrix([
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    const { queries, averagePrecision, hits } = await retrieve(constant, [0, 0, 1, 1, 2], [1], plainAlgebra);
    expect(Array.from(queries)).toEqual([0, 1, 2, 3]);
    expect(mean(hits.get(1)!)).toBe(0);
    expect(averagePrecision[0]).toBe(0.25);
  });
});

describe('clusters', () => {
  test('k-means from given centres as scikit-learn', async () => {
    const unit = normalizeRows(rows);
    const found = await lloyd(unit, plainAlgebra.fix(unit), matrix(reference.first), 300);
    expect(Array.from(found.assignments)).toEqual(reference.clusters.assignments);
    expect(found.inertia).toBeCloseTo(reference.clusters.inertia, 4);
  });

  test('the best of several starts is no worse, and the same every time', async () => {
    const options = { clusters: reference.classes, seed: 3 };
    const found = await kMeans(rows, options, plainAlgebra);
    expect(found.inertia).toBeLessThan(reference.clusters.inertia + 1e-4);
    expect(await kMeans(rows, options, plainAlgebra)).toEqual(found);
  });

  test('NMI and ARI as scikit-learn; perfect and meaningless ones', () => {
    const { assignments, nmi, ari } = reference.clusters;
    expect(normalizedMutualInformation(labels, assignments)).toBeCloseTo(nmi, 10);
    expect(adjustedRandIndex(labels, assignments)).toBeCloseTo(ari, 10);
    const renamed = labels.map((label) => 9 - label);
    expect(normalizedMutualInformation(labels, renamed)).toBeCloseTo(1, 12);
    expect(adjustedRandIndex(labels, renamed)).toBe(1);
    const one = labels.map(() => 0);
    expect(normalizedMutualInformation(labels, one)).toBe(0);
    expect(adjustedRandIndex(labels, one)).toBe(0);
  });
});

test('LiDAR as its definition', () => {
  const views = reference.views[0]!.map((_, k) => matrix(reference.views.map((example) => example[k]!)));
  expect(lidar(views)).toBeCloseTo(reference.lidar, 4);
});

test('AUROC as scikit-learn, ties too', () => {
  const scores = (energies: number[]) => energies.map((e) => -e);
  expect(auroc(scores(reference.compatible), scores(reference.mismatched))).toBeCloseTo(reference.auroc, 12);
});

describe('calibration', () => {
  test('the fit as scikit-learn, its error as torchmetrics', () => {
    const { compatible, mismatched, calibration } = reference;
    const model = fitEnergyCalibration(compatible, mismatched);
    expect(model.slope).toBeCloseTo(calibration.slope, 5);
    expect(model.intercept).toBeCloseTo(calibration.intercept, 5);
    const all = compatibility(model, [...compatible, ...mismatched]);
    const answers = Array.from(all, (_, i) => (i < compatible.length ? 1 : 0));
    // torchmetrics computes in float32.
    expect(expectedCalibrationError(all, answers)).toBeCloseTo(calibration.error, 5);
  });

  test('energies that separate, and that are all the same', () => {
    const apart = fitEnergyCalibration([0, 1, 2], [10, 11, 12]);
    expect(compatibility(apart, [1, 11])[0]).toBeGreaterThan(0.999);
    const same = fitEnergyCalibration([1, 1], [1, 1]);
    expect(compatibility(same, [1])[0]).toBeCloseTo(0.5, 9);
  });
});

describe('corruptions', () => {
  const size = { height: 9, width: 7, channels: 3 };
  const picture = Float32Array.from(reference.picture.flat(2));
  const place = { seed: 1, example: 5 };

  test('blur as SciPy', () => {
    for (const [i, severity] of [1, 4, 5].entries()) {
      const expected = reference.blurred[i]!.flat(2);
      corrupt(picture, size, 'gaussian_blur', severity, place).forEach((value, k) => {
        expect(value).toBeCloseTo(expected[k]!, 5);
      });
    }
  });

  test('noise has its deviation and is the same every time', () => {
    const grey = { height: 60, width: 60, channels: 1 };
    const flat = new Float32Array(3600).fill(0.5);
    const noisy = corrupt(flat, grey, 'gaussian_noise', 5, place);
    expect(Math.sqrt(mean(noisy.map((v) => (v - 0.5) ** 2)))).toBeCloseTo(0.1, 2);
    expect(corrupt(flat, grey, 'gaussian_noise', 5, place)).toEqual(noisy);
    expect(corrupt(flat, grey, 'gaussian_noise', 5, { ...place, example: 6 })).not.toEqual(noisy);
  });

  test('contrast keeps means, brightness adds to the largest channel, occlusion covers a square', () => {
    const pale = corrupt(picture, size, 'contrast', 5, place);
    expect(mean(pale)).toBeCloseTo(mean(picture), 5);
    const bright = corrupt(
      Float32Array.of(0.2, 0.4, 0.1),
      { height: 1, width: 1, channels: 3 },
      'brightness',
      5,
      place,
    );
    [0.35, 0.7, 0.175].forEach((value, i) => {
      expect(bright[i]).toBeCloseTo(value, 6);
    });
    const covered = corrupt(picture, size, 'occlusion', 5, place);
    expect(covered.filter((value, i) => value !== picture[i]).length).toBe(4 * 4 * 3);
  });
});

describe('statistics', () => {
  test('the interval of one proportion as SciPy', () => {
    const scores = Uint8Array.from(reference.correct);
    const { mean: value, low, high } = new Bootstrap(0, 4000).summarize([{ seed: 0, value: mean(scores), scores }]);
    expect(value).toBe(mean(scores));
    expect(low).toBeCloseTo(reference.interval[0], 2);
    expect(high).toBeCloseTo(reference.interval[1], 2);
  });

  test("Holm's correction as its definition", () => {
    holm(reference.ps).forEach((p, i) => {
      expect(p).toBeCloseTo(reference.holm[i]!, 12);
    });
  });
});
