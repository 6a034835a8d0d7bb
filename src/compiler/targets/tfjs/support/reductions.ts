import * as tf from '@tensorflow/tfjs-core';

/** The sum over axes of which the last is not one. */
export function sumOver(x: tf.Tensor, axes: number[], keepDims: boolean): tf.Tensor {
  const first = axes[0] ?? 0;
  const isBlock = axes.every((axis, i) => axis === first + i);
  if (tf.getBackend() !== 'wasm' || x.dtype !== 'float32' || !isBlock) return tf.sum(x, axes, keepDims);
  // The wasm backend moves the summed axes to the end before it sums. Products with ones are many times faster; taken first
  // over one axis, then over the others, they also round less.
  return tf.tidy(() => {
    const outer = tf.util.sizeFromShape(x.shape.slice(0, first));
    const inner = tf.util.sizeFromShape(x.shape.slice(first + axes.length));
    const count = x.shape[first] as number;
    const others = tf.util.sizeFromShape(x.shape.slice(first + 1, first + axes.length));
    const partial = sumMiddle(x, outer, count, others * inner);
    const sum = others === 1 ? partial : sumMiddle(partial, outer, others, inner);
    const shape = x.shape.flatMap((size, i) => (!axes.includes(i) ? [size] : keepDims ? [1] : []));
    return tf.reshape(sum, shape);
  });
}

/** The mean over axes of which the last is not one. */
export function meanOver(x: tf.Tensor, axes: number[], keepDims: boolean): tf.Tensor {
  if (tf.getBackend() !== 'wasm') return tf.mean(x, axes, keepDims);
  const count = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1);
  return tf.tidy(() => tf.div(sumOver(x, axes, keepDims), count));
}

/** The sum over the middle of three axes of these sizes. */
function sumMiddle(x: tf.Tensor, outer: number, count: number, inner: number): tf.Tensor {
  if (outer === 1) return tf.matMul(tf.ones([1, count]), tf.reshape(x, [count, inner]));
  return tf.matMul(tf.ones([outer, 1, count]), tf.reshape(x, [outer, count, inner]));
}

/** The mean of (x - mean)² over axes. */
export function variance(x: tf.Tensor, axes: number[], keepDims: boolean): tf.Tensor {
  return tf.tidy(() => tf.mean(tf.square(tf.sub(x, tf.mean(x, axes, true))), axes, keepDims));
}

/** log Σ e^x over axes, with the largest taken out first. */
export function logSumExp(x: tf.Tensor, axes: number[], keepDims: boolean): tf.Tensor {
  return tf.tidy(() => {
    const largest = tf.max(x, axes, true);
    const sum = tf.log(tf.sum(tf.exp(tf.sub(x, largest)), axes, keepDims));
    return tf.add(tf.reshape(largest, sum.shape), sum);
  });
}

/** Positions along the last axis in ascending order of value; equal ones keep their order. */
export function argsort(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.topk(tf.neg(x), x.shape[x.shape.length - 1], true).indices);
}
