import * as tf from '@tensorflow/tfjs-core';

/** `size` elements along each axis, from `begin` on, `strides` apart. */
export function stridedSlice(x: tf.Tensor, begin: number[], size: number[], strides: number[]): tf.Tensor {
  const end = begin.map((from, i) => from + ((size[i] as number) - 1) * (strides[i] as number) + 1);
  return tf.stridedSlice(x, begin, end, strides);
}

/** Zeros before, after and (`interior` of them) between the elements along each axis. */
export function padInterior(x: tf.Tensor, before: number[], after: number[], interior: number[]): tf.Tensor {
  return tf.tidy(() => {
    let result = tf.clone(x);
    interior.forEach((between, axis) => {
      const size = result.shape[axis] as number;
      if (between === 0 || size < 2) return;
      // Each element with its zeros behind it; then without those of the last.
      const head = tf.util.sizeFromShape(result.shape.slice(0, axis + 1));
      const tail = tf.util.sizeFromShape(result.shape.slice(axis + 1));
      const shape = result.shape.map((n, i) => (i === axis ? n * (between + 1) : n));
      const cells = tf.pad(tf.reshape(result, [head, 1, tail]), [
        [0, 0],
        [0, between],
        [0, 0],
      ]);
      const kept = shape.map((n, i) => (i === axis ? n - between : n));
      result = tf.slice(
        tf.reshape(cells, shape),
        kept.map(() => 0),
        kept,
      );
    });
    return tf.pad(
      result,
      before.map((n, i) => [n, after[i] as number]),
    );
  });
}

/** Elements of `x` along `axis`, picked by `index`; the first `batchDims` axes of both go together. */
export function gatherBatched(x: tf.Tensor, index: tf.Tensor, axis: number, batchDims: number): tf.Tensor {
  return tf.tidy(() => {
    const rows = tf.reshape(x, [-1, tf.util.sizeFromShape(x.shape.slice(axis + 1))]);
    const picked = tf.gather(rows, flatPlaces(index, x.shape, axis, batchDims));
    return tf.reshape(picked, [...x.shape.slice(0, axis), ...index.shape.slice(batchDims), ...x.shape.slice(axis + 1)]);
  });
}

/** Zeros of `shape` with `updates` added where `index` says: the transpose of gathering with the same settings. */
export function scatterAdd(
  updates: tf.Tensor,
  index: tf.Tensor,
  shape: number[],
  axis: number,
  batchDims: number,
): tf.Tensor {
  return tf.tidy(() => {
    const places = tf.expandDims(flatPlaces(index, shape, axis, batchDims), 1);
    const run = tf.util.sizeFromShape(shape.slice(axis + 1));
    const rows = tf.util.sizeFromShape(shape.slice(0, axis + 1));
    return tf.reshape(tf.scatterND(places, tf.reshape(updates, [-1, run]), [rows, run]), shape);
  });
}

/** A table of `shape` is rows of what lies behind `axis`; the numbers of the rows that the index picks, one after another. */
function flatPlaces(index: tf.Tensor, shape: number[], axis: number, batchDims: number): tf.Tensor1D {
  const outer = tf.util.sizeFromShape(shape.slice(0, batchDims));
  const middle = tf.util.sizeFromShape(shape.slice(batchDims, axis));
  const size = shape[axis] as number;
  const starts = tf.range(0, outer * middle * size, size, 'int32');
  const places = tf.add(tf.reshape(starts, [outer, middle, 1]), tf.reshape(index, [outer, 1, -1]));
  return tf.reshape(places, [-1]);
}
