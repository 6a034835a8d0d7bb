/** What a step costs by tfjs's kernels. */
import * as tf from '@tensorflow/tfjs-core';
import type { KernelCost } from '../model.js';

/** Runs work and times every kernel that tfjs calls meanwhile: on its wasm, cpu and tensorflow backends a call ends when the work is done. */
export async function timeKernels(work: () => Promise<unknown>): Promise<readonly KernelCost[]> {
  const costs = new Map<string, { calls: number; milliseconds: number }>();
  const engine = tf.engine();
  const runKernel = engine.runKernel;
  engine.runKernel = <T extends tf.Tensor | tf.Tensor[]>(...call: Parameters<typeof runKernel>): T => {
    const start = performance.now();
    const result = runKernel.apply(engine, call) as T;
    const [name] = call;
    const cost = costs.get(name) ?? { calls: 0, milliseconds: 0 };
    costs.set(name, { calls: cost.calls + 1, milliseconds: cost.milliseconds + performance.now() - start });
    return result;
  };
  try {
    await work();
  } finally {
    engine.runKernel = runKernel;
  }
  return [...costs].map(([kernel, cost]) => ({ kernel, ...cost })).sort((a, b) => b.milliseconds - a.milliseconds);
}
