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

/**
 * Zeros of `shape` with `updates` added where `index` says: what gathering along `axis`, with the first `batchDims` axes of
 * table and index going together, does the other way round.
 */
export function scatterAdd(
  updates: tf.Tensor,
  index: tf.Tensor,
  shape: number[],
  axis: number,
  batchDims: number,
): tf.Tensor {
  return tf.tidy(() => {
    const outer = tf.util.sizeFromShape(shape.slice(0, batchDims));
    const middle = tf.util.sizeFromShape(shape.slice(batchDims, axis));
    const rows = shape[axis] as number;
    const run = tf.util.sizeFromShape(shape.slice(axis + 1));
    const picks = tf.util.sizeFromShape(index.shape.slice(batchDims));
    // The table as rows of `run` elements: table (o, m) begins at row (o * middle + m) * rows.
    const starts = tf.range(0, outer * middle * rows, rows, 'int32');
    const places = tf.add(tf.reshape(starts, [outer, middle, 1]), tf.reshape(index, [outer, 1, picks]));
    const flat = tf.reshape(places, [outer * middle * picks, 1]);
    const sums = tf.scatterND(flat, tf.reshape(updates, [outer * middle * picks, run]), [outer * middle * rows, run]);
    return tf.reshape(sums, shape);
  });
}
