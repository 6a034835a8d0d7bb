/** Shape arithmetic shared by the entries: broadcasting and its undoing, axes, static sizes. */
import type { Builder } from '../builder.js';
import { type Dim, sameDim, sameShape, showDim, showShape } from '../dim.js';
import type { DType, Node, TensorType } from '../types.js';

/** The shape two shapes broadcast to, aligned at the last axis; or a sentence that says where they do not. */
export function broadcastShapes(a: readonly Dim[], b: readonly Dim[]): readonly Dim[] | string {
  if (a === b || sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const result: Dim[] = new Array(rank);
  for (let i = 1; i <= rank; i++) {
    const x = a[a.length - i];
    const y = b[b.length - i];
    if (x === undefined || x === 1) result[rank - i] = y ?? 1;
    else if (y === undefined || y === 1 || sameDim(x, y)) result[rank - i] = x;
    else
      return `shapes ${showShape(a)} and ${showShape(b)} do not broadcast: ${showDim(x)} against ${showDim(y)} at axis -${i}`;
  }
  return result;
}

/** Sums `cotangent` down to the shape that was broadcast to its. */
export function unbroadcast(b: Builder, cotangent: Node, shape: readonly Dim[]): Node {
  const from = cotangent.type.shape;
  if (sameShape(from, shape)) return cotangent;
  const extra = from.length - shape.length;
  const axes = from.map((_, i) => i).filter((i) => i < extra || (shape[i - extra] === 1 && from[i] !== 1));
  return b.reshape(axes.length > 0 ? b.sum(cotangent, axes) : cotangent, shape);
}

/** A sentence where some axis is not one of a value of this rank or is named twice. */
export function checkAxes(axes: readonly number[], rank: number): string | undefined {
  for (const axis of axes)
    if (!Number.isInteger(axis) || axis < 0 || axis >= rank)
      return rank === 0
        ? 'a scalar has no axes'
        : `axis ${axis} is outside a value of rank ${rank} (axes 0 to ${rank - 1})`;
  return new Set(axes).size < axes.length ? `an axis is named twice in [${axes.join(', ')}]` : undefined;
}

/** The shape with `axes` reduced. */
export function reducedShape(shape: readonly Dim[], axes: readonly number[], keepdims: boolean): readonly Dim[] {
  return keepdims ? shape.map((d, i) => (axes.includes(i) ? 1 : d)) : shape.filter((_, i) => !axes.includes(i));
}

/** A reduced value (or its cotangent) broadcast back over the axes that were reduced. */
export function spread(b: Builder, x: Node, shape: readonly Dim[], axes: readonly number[]): Node {
  return b.broadcastTo(b.reshape(x, reducedShape(shape, axes, true)), shape);
}

/** The shape as numbers, which in a graph it is. */
export function staticShape(shape: readonly Dim[]): readonly number[] {
  for (const d of shape)
    if (typeof d !== 'number')
      throw new Error(`shape ${showShape(shape)} is needed in numbers, and ${showDim(d)} is not one`);
  return shape as readonly number[];
}

export function float32(shape: readonly Dim[]): TensorType {
  return { dtype: 'float32', shape };
}

const spoken: Record<DType, string> = { float32: 'floats', int32: 'ints', bool: 'truth values' };

export function wants(name: string, dtype: DType, got: DType): string {
  return `${name} takes ${spoken[dtype]}, not ${spoken[got]}`;
}

export function range(n: number, from = 0): number[] {
  return Array.from({ length: n }, (_, i) => from + i);
}

export function without(rank: number, ...dropped: readonly (readonly number[])[]): number[] {
  return range(rank).filter((i) => !dropped.some((d) => d.includes(i)));
}

export function inverse(perm: readonly number[]): number[] {
  const result = new Array<number>(perm.length);
  perm.forEach((p, i) => {
    result[p] = i;
  });
  return result;
}

/** As written in a tfjs call. */
export function literal(value: number | string | boolean | readonly (number | readonly number[])[]): string {
  return JSON.stringify(value);
}
