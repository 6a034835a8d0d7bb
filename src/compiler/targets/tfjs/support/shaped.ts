import type * as tf from '@tensorflow/tfjs-core';

/** A tensor whose shape its type tells. */
export type Shaped<Shape extends readonly number[]> = tf.Tensor & { readonly shape: Shape };

/** The tensor itself, once its shape is seen to be `shape`. */
export function shaped<const Shape extends readonly number[]>(tensor: tf.Tensor, shape: Shape): Shaped<Shape> {
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, i) => size !== shape[i])) {
    throw new Error(`expected a tensor of shape [${shape.join(', ')}], not [${tensor.shape.join(', ')}]`);
  }
  return tensor as Shaped<Shape>;
}
