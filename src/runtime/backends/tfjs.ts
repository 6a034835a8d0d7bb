import * as tf from '@tensorflow/tfjs-core';

/** Makes `name`, already registered, the backend that tfjs computes on. */
export async function useTfjs(name: string): Promise<void> {
  // Production mode only turns off tfjs's banners about faster backends and about kernels registered twice.
  tf.enableProdMode();
  if (!(await tf.setBackend(name))) throw new Error(`tfjs could not start its ${name} backend`);
  await tf.ready();
}
