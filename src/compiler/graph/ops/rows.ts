/** Element by element in float64, for the reference definitions: a row of elements at a time. */
import { broadcasted, broadcastStrides, walkRows, zerosOf } from '../ndarray.js';
import type { NdArray } from './op.js';

/** `f` of every element. */
export function map(x: NdArray, f: (x: number) => number): NdArray {
  const data = new Float64Array(x.data.length);
  for (let i = 0; i < data.length; i++) data[i] = f(x.data[i]!);
  return { shape: x.shape, data };
}

/** Some elements of a binary operation: `count` of them into `to` from `at` on, of elements of x and y that are a step apart. */
export type Row = (
  to: Float64Array,
  at: number,
  x: Float64Array,
  xAt: number,
  xStep: number,
  y: Float64Array,
  yAt: number,
  yStep: number,
  count: number,
) => void;

export function rowOf(f: (x: number, y: number) => number): Row {
  return (to, at, x, xAt, xStep, y, yAt, yStep, count) => {
    for (let i = 0; i < count; i++) to[at + i] = f(x[xAt + i * xStep]!, y[yAt + i * yStep]!);
  };
}

/** Spelled out for arithmetic: a function called for every element is most of the time that it takes. */
export const arithmetic: { readonly [N in 'add' | 'sub' | 'mul' | 'div']: Row } = {
  add(to, at, x, xAt, xStep, y, yAt, yStep, count) {
    for (let i = 0; i < count; i++) to[at + i] = x[xAt + i * xStep]! + y[yAt + i * yStep]!;
  },
  sub(to, at, x, xAt, xStep, y, yAt, yStep, count) {
    for (let i = 0; i < count; i++) to[at + i] = x[xAt + i * xStep]! - y[yAt + i * yStep]!;
  },
  mul(to, at, x, xAt, xStep, y, yAt, yStep, count) {
    for (let i = 0; i < count; i++) to[at + i] = x[xAt + i * xStep]! * y[yAt + i * yStep]!;
  },
  div(to, at, x, xAt, xStep, y, yAt, yStep, count) {
    for (let i = 0; i < count; i++) to[at + i] = x[xAt + i * xStep]! / y[yAt + i * yStep]!;
  },
};

/** A binary operation on `x` and `y`, broadcast to `shape`. */
export function zip(x: NdArray, y: NdArray, shape: readonly number[], row: Row): NdArray {
  const result = zerosOf(shape);
  const n = result.data.length;
  const isWhole = ({ data }: NdArray): boolean => data.length === n || data.length === 1;
  const stepOf = ({ data }: NdArray): number => Number(data.length === n);
  if (isWhole(x) && isWhole(y)) row(result.data, 0, x.data, 0, stepOf(x), y.data, 0, stepOf(y), n);
  else {
    const left = broadcasted(x, shape).data;
    walkRows(shape, broadcastStrides(y.shape, shape), 0, (at, offset, count, stride) =>
      row(result.data, at, left, at, 1, y.data, offset, stride, count),
    );
  }
  return result;
}
