/** Products on whichever tfjs backend is in use. */
import * as tf from '@tensorflow/tfjs-core';
import type { Algebra } from './algebra.js';

export const tfjsAlgebra: Algebra = {
  fix({ rows, columns, data }) {
    const x = tf.tensor2d(data, [rows, columns]);
    // Kept as well: the wasm backend is many times slower where a factor has to be read transposed.
    const transposed = tf.transpose(x);
    const read = async (product: tf.Tensor): Promise<Float32Array> => {
      const values = await product.data();
      product.dispose();
      return values as Float32Array;
    };
    return {
      rows,
      columns,
      times: (b, width) => read(tf.tidy(() => tf.matMul(x, tf.tensor2d(b, [columns, width])))),
      transposedTimes: (b, width) => read(tf.tidy(() => tf.matMul(transposed, tf.tensor2d(b, [rows, width])))),
      dotRows: (b, height) => read(tf.tidy(() => tf.matMul(tf.tensor2d(b, [height, columns]), transposed))),
      dispose: () => tf.dispose([x, transposed]),
    };
  },
};
