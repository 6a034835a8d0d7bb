/** Numbers of ours as tensors of tfjs, and back. */
import * as tf from '@tensorflow/tfjs-core';
import type { HostTensor } from '../model.js';

export function toTensor({ data, shape }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
}

export async function toHost(tensor: tf.Tensor): Promise<HostTensor> {
  const data = await tensor.data();
  return { shape: tensor.shape, data: data instanceof Uint8Array ? Int32Array.from(data) : data };
}
