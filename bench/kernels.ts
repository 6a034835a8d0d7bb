/** Where the time of a compiled step goes, by kernel: `node bench/run.js kernels wasm`. */
import * as tf from '@tensorflow/tfjs-core';
import { activate, batch, compiled } from './compiled-simclr.js';

const backend = process.argv[3] ?? 'wasm';
await activate(backend);
const model = await compiled();
const x = { shape: [batch, 32, 32, 3], data: new Float32Array(batch * 3072).fill(0.5) };
await model.step({ x }, 1e-3);

const spent = new Map<string, { calls: number; milliseconds: number }>();
const engine = tf.engine();
const runKernel = engine.runKernel.bind(engine);
engine.runKernel = <T extends tf.Tensor | tf.Tensor[]>(...call: Parameters<typeof runKernel>): T => {
  const [name] = call;
  const start = performance.now();
  const result = runKernel<T>(...call);
  const entry = spent.get(name) ?? { calls: 0, milliseconds: 0 };
  spent.set(name, { calls: entry.calls + 1, milliseconds: entry.milliseconds + performance.now() - start });
  return result;
};
const start = performance.now();
await model.step({ x }, 1e-3);
const whole = performance.now() - start;
for (const [name, { calls, milliseconds }] of [...spent]
  .sort((a, b) => b[1].milliseconds - a[1].milliseconds)
  .slice(0, 20)) {
  console.log(`${name.padEnd(24)} ${String(calls).padStart(5)} calls ${milliseconds.toFixed(1).padStart(9)} ms`);
}
console.log(`${'whole step'.padEnd(36)} ${whole.toFixed(1).padStart(9)} ms`);
