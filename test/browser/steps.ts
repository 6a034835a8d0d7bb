/** Three steps of a generated module on a fixed batch; runs in a page and in Node alike. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';

interface Generated {
  init(seed: number): void;
  step(batch: { readonly x: tf.Tensor }, rate: number): { readonly loss: tf.Scalar };
}

export async function threeLosses(model: Generated): Promise<number[]> {
  await tf.setBackend('cpu');
  model.init(3);
  const data = Float32Array.from({ length: 16 * 784 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.013));
  const x = tf.tensor(data, [16, 28, 28, 1]);
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) losses.push((await model.step({ x }, 1e-3).loss.data())[0] as number);
  return losses;
}
