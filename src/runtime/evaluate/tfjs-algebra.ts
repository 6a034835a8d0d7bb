/** Products on whichever tfjs backend is in use. */
import * as tf from '@tensorflow/tfjs-core';
import type { Algebra, CrossEntropy } from './algebra.js';
import { largestInRows } from './largest-in-rows.js';
import { nearestOfProducts } from './most-similar.js';
import { plainAlgebra } from './plain-algebra.js';

/** Numbers below which calls of a backend take longer than plain loops: few labels, many short fits. */
const worthACall = 20_000;

export const tfjsAlgebra: Algebra = {
  fix(matrix) {
    const { rows, columns, data } = matrix;
    if (rows * columns < worthACall) return plainAlgebra.fix(matrix);
    const x = tf.tensor2d(data, [rows, columns]);
    // Kept as well: the wasm backend is many times slower where a factor has to be read transposed.
    const transposed = tf.transpose(x);
    const kept: tf.Tensor[] = [x, transposed];
    return {
      rows,
      columns,
      times: (b, width) => read(tf.tidy(() => tf.matMul(x, tf.tensor2d(b, [columns, width])))),
      dotRows: (b, height) => read(tf.tidy(() => tf.matMul(tf.tensor2d(b, [height, columns]), transposed))),
      async nearest(b, height, k) {
        const products = (): tf.Tensor2D => tf.matMul(tf.tensor2d(b, [height, columns]), transposed);
        // Elsewhere its kernel is slower than ours.
        if (tf.getBackend() !== 'tensorflow') return nearestOfProducts(await read(tf.tidy(products)), height, k);
        const { values, indices } = tf.tidy(() => largestInRows(products(), k));
        const found = (await indices.data()) as Int32Array;
        indices.dispose();
        return { indices: found, products: await read(values) };
      },
      crossEntropy(labels, classes) {
        const asked = tf.tidy(() =>
          tf.transpose(tf.cast(tf.oneHot(tf.tensor1d(Array.from(labels), 'int32'), classes), 'float32')),
        ) as tf.Tensor2D;
        kept.push(asked);
        return crossEntropy(x, transposed, asked);
      },
      dispose: () => tf.dispose(kept),
    };
  },
};

/** Everything has its classes in rows: products with a short left factor are the fast ones. */
function crossEntropy(x: tf.Tensor2D, transposed: tf.Tensor2D, asked: tf.Tensor2D): CrossEntropy {
  const [classes] = asked.shape;
  return async (weights) => {
    const [losses, gradient] = tf.tidy(() => {
      const w = tf.transpose(tf.tensor2d(Float32Array.from(weights), [weights.length / classes, classes]));
      const [slopes, intercepts] = tf.split(w, [x.shape[1], 1], 1) as [tf.Tensor2D, tf.Tensor2D];
      const logits = tf.add(tf.matMul(slopes, transposed), intercepts);
      const shifted = tf.sub(logits, tf.max(logits, 0, true));
      const exps = tf.exp(shifted);
      const sums = tf.sum(exps, 0, true);
      const residuals: tf.Tensor2D = tf.sub(tf.div(exps, sums), asked);
      const products = tf.concat([tf.matMul(residuals, x), tf.sum(residuals, 1, true)], 1);
      return [tf.sub(tf.log(sums), tf.sum(tf.mul(shifted, asked), 0, true)), tf.transpose(products)] as const;
    });
    return { losses: await read(losses), gradient: await read(gradient) };
  };
}

async function read(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data();
  tensor.dispose();
  return values as Float32Array;
}
