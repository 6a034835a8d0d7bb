import * as tf from '@tensorflow/tfjs-core';

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
