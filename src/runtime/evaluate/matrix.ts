/** Rows of numbers, one example each, as the metrics take them. */
import type { HostTensor } from '../model.js';

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** A tensor as a matrix: the first axis gives rows, the others are laid out side by side. */
export function asMatrix({ shape, data }: HostTensor): Matrix {
  const rows = shape[0] ?? 0;
  const columns = shape.slice(1).reduce((a, b) => a * b, 1);
  return { rows, columns, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** Every row divided by its Euclidean length; a row of zeros stays. */
export function normalizeRows({ rows, columns, data }: Matrix): Matrix {
  const normalized = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let sum = 0;
    for (let i = start; i < start + columns; i++) sum += data[i]! * data[i]!;
    const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
    for (let i = start; i < start + columns; i++) normalized[i] = data[i]! * scale;
  }
  return { rows, columns, data: normalized };
}

/** At most `count` rows, evenly spread over the matrix. */
export function thinRows(matrix: Matrix, count: number): Matrix {
  if (matrix.rows <= count) return matrix;
  return pickRows(matrix, evenlySpread(matrix.rows, count));
}

/** At most `count` places of `rows`, ascending, evenly spread. */
export function evenlySpread(rows: number, count: number): Uint32Array {
  const length = Math.min(count, rows);
  return Uint32Array.from({ length }, (_, i) => Math.floor((i * rows) / length));
}

export function pickRows({ columns, data }: Matrix, indices: ArrayLike<number>): Matrix {
  const picked = new Float32Array(indices.length * columns);
  for (let row = 0; row < indices.length; row++) {
    const start = indices[row]! * columns;
    picked.set(data.subarray(start, start + columns), row * columns);
  }
  return { rows: indices.length, columns, data: picked };
}
