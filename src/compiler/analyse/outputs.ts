/** Arrangements of encoder outputs `[examples, ...]` that an objective is tried on. */
import type { NdArray } from '../graph/ops/op.js';
import { drawNormal, drawUniform } from '../graph/random.js';

export type Outputs = readonly NdArray[];

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

export function uniformNumbers(shape: readonly number[], site: number): NdArray {
  return { shape, data: Float64Array.from(drawUniform({ seed: 7, step: 0 }, `data ${site}`, sizeOf(shape))) };
}

function normalNumbers(shape: readonly number[], site: string, scale: number): NdArray {
  return { shape, data: Float64Array.from(drawNormal({ seed: 7, step: 0 }, site, sizeOf(shape)), (x) => x * scale) };
}

/** `row` for every example. */
function repeated(shape: readonly number[], row: (k: number) => number): NdArray {
  const size = sizeOf(shape.slice(1));
  return { shape, data: Float64Array.from({ length: sizeOf(shape) }, (_, i) => row(i % size)) };
}

/**
 * `constant`: the same for every example. `spread`: random, equal for outputs of one shape (views that agree).
 * `noise`: `around` with a little noise, equal for outputs of one shape.
 */
export function arrangements(
  shapes: readonly (readonly number[])[],
  kind: 'constant' | 'spread' | 'noise',
  around: Outputs = [],
): Outputs[] {
  const site = (shape: readonly number[]): string => `outputs ${shape.join()}`;
  if (kind === 'constant') {
    const random = shapes.map((shape) => normalNumbers(shape.slice(1), site(shape), 1).data);
    return [
      shapes.map((shape) => repeated(shape, () => 0)),
      shapes.map((shape) => repeated(shape, () => 1)),
      shapes.map((shape, k) => repeated(shape, (i) => random[k]![i]!)),
    ];
  }
  if (kind === 'spread')
    return [1, 3, 0.1].map((scale) => shapes.map((shape) => normalNumbers(shape, site(shape), scale)));
  return [
    around.map(({ shape, data }) => {
      const noise = normalNumbers(shape, site(shape), 0.05);
      return { shape, data: data.map((x, i) => x + noise.data[i]!) };
    }),
  ];
}
