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

/**
 * Calls `visit(at, offset, count, stride)` for each row of `shape` in row-major order: `count` elements from number `at` on, the first of them
 * at offset = start + Σ index·stride, the others `stride` apart. Axes that follow one another without a gap are one row.
 */
export function walkRows(
  shape: readonly number[],
  strides: readonly number[],
  start: number,
  visit: (at: number, offset: number, count: number, stride: number) => void,
): void {
  const total = countOf(shape);
  if (total === 0) return;
  const { sizes, steps } = merged(shape, strides);
  const count = sizes.pop() ?? 1;
  const stride = steps.pop() ?? 0;
  const index = new Int32Array(sizes.length);
  let offset = start;
  for (let at = 0; at < total; at += count) {
    visit(at, offset, count, stride);
    for (let d = sizes.length - 1; d >= 0; d--) {
      offset += steps[d]!;
      if (++index[d]! < sizes[d]!) break;
      offset -= steps[d]! * sizes[d]!;
      index[d] = 0;
    }
  }
}

/** The same elements by as few axes as can be. */
function merged(shape: readonly number[], strides: readonly number[]) {
  const [sizes, steps]: [number[], number[]] = [[], []];
  for (const [i, size] of shape.entries()) {
    if (size === 1) continue;
    const last = sizes.length - 1;
    if (last >= 0 && steps[last] === strides[i]! * size) {
      sizes[last]! *= size;
      steps[last] = strides[i]!;
    } else {
      sizes.push(size);
      steps.push(strides[i]!);
    }
  }
  return { sizes, steps };
}

/** Rows shorter than this are copied number by number. */
const shortRow = 16;

/** Reads `x` with the given shape and strides into a new array: transposes, slices, broadcasts are all this. */
export function strided(x: NdArray, shape: readonly number[], strides: readonly number[], start = 0): NdArray {
  const result = zerosOf(shape);
  const [to, from] = [result.data, x.data];
  walkRows(shape, strides, start, (at, offset, count, stride) => {
    if (stride === 0) to.fill(from[offset]!, at, at + count);
    else if (stride === 1 && count >= shortRow) to.set(from.subarray(offset, offset + count), at);
    else for (let i = 0; i < count; i++) to[at + i] = from[offset + i * stride]!;
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
