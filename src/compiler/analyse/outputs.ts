/** Arrangements of encoder outputs `[examples, ...]` that an objective is tried on. */
import type { NdArray } from '../graph/ops/op.js';
import { drawNormal, drawUniform } from '../graph/random.js';

export type Outputs = readonly NdArray[];

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

export function uniformNumbers(shape: readonly number[], site: number): NdArray {
  return { shape, data: new Float64Array(drawUniform({ seed: 7, step: 0 }, `data ${site}`, sizeOf(shape))) };
}

function normalNumbers(shape: readonly number[], site: string, scale: number): NdArray {
  const data = new Float64Array(drawNormal({ seed: 7, step: 0 }, site, sizeOf(shape)));
  for (let i = 0; i < data.length; i++) data[i]! *= scale;
  return { shape, data };
}

/** `row` for every example. */
export function repeated(shape: readonly number[], row: Float64Array): NdArray {
  const data = new Float64Array(sizeOf(shape));
  for (let at = 0; at < data.length; at += row.length) data.set(row, at);
  return { shape, data };
}

/** Of logits that leave noise no say in what is chosen. */
const clear = 100;

/**
 * `constant`: the same for every example; `clear`: so, and large, first with parts that differ, then with all alike. `spread`: random, equal for outputs of one shape (views that agree).
 * `noise`: `around` with a little noise, equal for outputs of one shape.
 */
export function arrangements(
  shapes: readonly (readonly number[])[],
  kind: 'constant' | 'clear' | 'spread' | 'noise',
  around: Outputs = [],
): Outputs[] {
  const site = (shape: readonly number[]): string => `outputs ${shape.join()}`;
  if (kind === 'constant') {
    const rows: ((row: readonly number[], shape: readonly number[]) => Float64Array)[] = [
      (row) => new Float64Array(sizeOf(row)),
      (row) => new Float64Array(sizeOf(row)).fill(1),
      (row, shape) => normalNumbers(row, site(shape), 1).data,
    ];
    return rows.map((row) => shapes.map((shape) => repeated(shape, row(shape.slice(1), shape))));
  }
  if (kind === 'clear')
    return [
      shapes.map((shape) => repeated(shape, normalNumbers(shape.slice(1), site(shape), clear).data)),
      shapes.map((shape) => repeated(shape, normalNumbers(shape.slice(-1), site(shape), clear).data)),
    ];
  if (kind === 'spread')
    return [1, 3, 0.1].map((scale) => shapes.map((shape) => normalNumbers(shape, site(shape), scale)));
  return [
    around.map(({ shape, data }) => {
      const noise = normalNumbers(shape, site(shape), 0.05);
      return { shape, data: data.map((x, i) => x + noise.data[i]!) };
    }),
  ];
}
