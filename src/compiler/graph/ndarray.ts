/** Helpers on float64 row-major arrays, for the operations' reference definitions. */
import type { NdArray } from './ops/op.js';

export function ndarray(shape: readonly number[], data: Float64Array | readonly number[]): NdArray {
  return { shape, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

export function countOf(shape: readonly number[]): number {
  let n = 1;
  for (const d of shape) n *= d;
  return n;
}

export function zerosOf(shape: readonly number[]): NdArray {
  return { shape, data: new Float64Array(countOf(shape)) };
}

export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i]!;
  }
  return strides;
}

/** Calls `visit(at, offset)` for each element of `shape` in row-major order, where offset = start + Σ index·stride. */
export function walk(
  shape: readonly number[],
  strides: readonly number[],
  start: number,
  visit: (at: number, offset: number) => void,
): void {
  const total = countOf(shape);
  const rank = shape.length;
  const index = new Int32Array(rank);
  let offset = start;
  for (let at = 0; at < total; at++) {
    visit(at, offset);
    for (let d = rank - 1; d >= 0; d--) {
      offset += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      offset -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
}

/** Reads `x` with the given shape and strides into a new array: transposes, slices, broadcasts are all this. */
export function strided(x: NdArray, shape: readonly number[], strides: readonly number[], start = 0): NdArray {
  const result = zerosOf(shape);
  walk(shape, strides, start, (at, offset) => {
    result.data[at] = x.data[offset]!;
  });
  return result;
}

export function transposed(x: NdArray, perm: readonly number[]): NdArray {
  if (perm.every((p, i) => p === i)) return x;
  const strides = stridesOf(x.shape);
  return strided(
    x,
    perm.map((p) => x.shape[p]!),
    perm.map((p) => strides[p]!),
  );
}

/** Strides that read an array of shape `from` as if broadcast to `to`, aligned at the last axis. */
export function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const strides = stridesOf(from);
  const extra = to.length - from.length;
  return to.map((_, i) => (i < extra || from[i - extra] === 1 ? 0 : strides[i - extra]!));
}

export function broadcasted(x: NdArray, shape: readonly number[]): NdArray {
  if (x.shape.length === shape.length && x.shape.every((d, i) => d === shape[i])) return x;
  return strided(x, shape, broadcastStrides(x.shape, shape));
}

/** `axes` moved last: [kept..., reduced...] as a matrix of `rows` × `columns`. */
export function rowsOver(x: NdArray, axes: readonly number[]): { rows: number; columns: number; data: Float64Array } {
  const kept = x.shape.map((_, i) => i).filter((i) => !axes.includes(i));
  const columns = countOf(axes.map((i) => x.shape[i]!));
  return { rows: countOf(kept.map((i) => x.shape[i]!)), columns, data: transposed(x, [...kept, ...axes]).data };
}
