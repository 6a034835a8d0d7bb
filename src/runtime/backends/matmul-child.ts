/** A process of its own that starts one backend and multiplies two matrices: `node matmul-child.js NAME`. Prints what it computed on. */
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from './select.js';
import { usesGpu } from './tensorflow.js';
import type { Worked } from './try-backend.js';

try {
  await selectBackend(process.argv[2] ?? 'auto');
  const size = 64;
  const start = performance.now();
  const product = tf.matMul(tf.fill([size, size], 0.5), tf.fill([size, size], 2));
  const values = await product.data();
  const good = values.length === size * size && values.every((value) => value === size);
  if (!good) throw new Error('the product of two matrices is wrong');
  const worked: Worked = { milliseconds: Math.round(performance.now() - start), gpu: usesGpu() };
  console.log(JSON.stringify(worked));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
