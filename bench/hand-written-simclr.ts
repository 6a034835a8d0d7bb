/**
 * SimCLR as one writes it in tfjs by hand: layers as functions of variables, the tape for gradients, tf.train.adam. The
 * network and loss of `examples/simclr.ebm`; at stride 2 its padding is TensorFlow's, the only one that the tape can differentiate. The tape's gradients must be registered, as importing `@tensorflow/tfjs` does.
 */
import * as tf from '@tensorflow/tfjs-core';

export interface HandWritten {
  /** One step of training on two views, each [batch, 32, 32, 3]; the loss. */
  step(a: tf.Tensor4D, b: tf.Tensor4D): number;
  dispose(): void;
}

const momentum = 0.9;
const temperature = 0.5;

export function handWrittenSimclr(width: number, rate: number): HandWritten {
  const variables: tf.Variable[] = [];
  const variable = (value: tf.Tensor, trainable = true): tf.Variable => {
    const result = tf.variable(value, trainable);
    value.dispose();
    variables.push(result);
    return result;
  };
  const normal = (shape: number[], variance: number): tf.Variable =>
    variable(tf.randomNormal(shape, 0, Math.sqrt(variance)));

  const batchNorm = (channels: number) => {
    const scale = variable(tf.ones([channels]));
    const bias = variable(tf.zeros([channels]));
    const average = variable(tf.zeros([channels]), false);
    const variance = variable(tf.ones([channels]), false);
    return (x: tf.Tensor): tf.Tensor => {
      const axes = x.shape.map((_, i) => i).slice(0, -1);
      const now = tf.moments(x, axes);
      const follow = (state: tf.Variable, value: tf.Tensor): void =>
        state.assign(tf.add(tf.mul(state, momentum), tf.mul(value, 1 - momentum)));
      tf.tidy(() => {
        follow(average, now.mean);
        follow(variance, now.variance);
      });
      return tf.batchNorm(
        x as tf.Tensor4D,
        now.mean as tf.Tensor1D,
        now.variance as tf.Tensor1D,
        bias as never,
        scale as never,
        1e-5,
      );
    };
  };
  const conv = (channels: number, out: number, stride: number) => {
    const filter = normal([3, 3, channels, out], 2 / (9 * channels));
    const norm = batchNorm(out);
    return (x: tf.Tensor): tf.Tensor =>
      tf.relu(norm(tf.conv2d(x as tf.Tensor4D, filter as unknown as tf.Tensor4D, stride, 'same')));
  };
  const linear = (size: number, out: number, gain: number) => {
    const weight = normal([size, out], gain / size);
    const bias = variable(tf.zeros([out]));
    return (x: tf.Tensor): tf.Tensor => tf.add(tf.matMul(x, weight as unknown as tf.Tensor), bias);
  };

  const layers = [
    conv(3, width, 1),
    conv(width, 2 * width, 2),
    conv(2 * width, 4 * width, 2),
    conv(4 * width, 4 * width, 2),
  ];
  const hidden = linear(4 * width, 128, 2);
  const hiddenNorm = batchNorm(128);
  const out = linear(128, 64, 1);
  const encode = (x: tf.Tensor): tf.Tensor => {
    const maps = layers.reduce((value, layer) => layer(value), x);
    return out(tf.relu(hiddenNorm(hidden(tf.mean(maps, [1, 2])))));
  };

  const optimizer = tf.train.adam(rate);
  return {
    step(a, b) {
      const trained = variables.filter((v) => v.trainable);
      const cost = tf.tidy(() => optimizer.minimize(() => loss(encode(tf.concat([a, b]))), true, trained) as tf.Scalar);
      const value = cost.dataSync()[0] ?? Number.NaN;
      cost.dispose();
      return value;
    },
    dispose() {
      tf.dispose(variables);
      optimizer.dispose();
    },
  };
}

/** NT-Xent (Chen et al. 2020, equation 1) of the embeddings of two views, one behind the other. */
function loss(z: tf.Tensor): tf.Scalar {
  const count = z.shape[0] as number;
  const unit = tf.div(z, tf.norm(z, 2, 1, true));
  const similarity = tf.div(tf.matMul(unit, unit, false, true), temperature);
  const others = tf.sub(similarity, tf.mul(tf.eye(count), 1e9));
  const [first, second] = tf.split(unit, 2);
  const positive = tf.div(tf.sum(tf.mul(first as tf.Tensor, second as tf.Tensor), 1), temperature);
  return tf.sub(tf.mean(tf.logSumExp(others, 1)), tf.mean(positive)) as tf.Scalar;
}
