/**
 * One training step of `simclr.ebm` as the compiler writes it against the same step written by hand, on the same backend, in
 * turns; best and median. `node bench/run.js step wasm tensorflow`; the hand-written step runs where the tape has every
 * gradient, which is on the native backend alone (wasm lacks Conv2DBackpropFilter).
 */
import * as tf from '@tensorflow/tfjs-core';
import { activate, batch, compiled } from './compiled-simclr.js';
import { handWrittenSimclr } from './hand-written-simclr.js';

const rounds = Number(process.env['ROUNDS'] ?? 7);

async function measure(backend: string): Promise<void> {
  await activate(backend);
  const model = await compiled();
  const x = {
    shape: [batch, 32, 32, 3],
    data: Float32Array.from({ length: batch * 3072 }, (_, i) => ((i * 7919) % 256) / 255),
  };
  const views =
    backend === 'tensorflow'
      ? ([tf.tensor4d(x.data, [batch, 32, 32, 3]), tf.tensor4d(x.data, [batch, 32, 32, 3])] as const)
      : undefined;
  const hand = views && handWrittenSimclr(32, 1e-3);
  const times = { compiled: [] as number[], hand: [] as number[] };
  for (let round = 0; round < rounds + 2; round++) {
    const start = performance.now();
    await model.step({ x }, 1e-3);
    const middle = performance.now();
    if (views) hand?.step(...views);
    const end = performance.now();
    // The first two warm up.
    if (round < 2) continue;
    times.compiled.push(middle - start);
    if (views) times.hand.push(end - middle);
  }
  console.log(`${backend}: compiled ${summary(times.compiled)}`);
  if (views) {
    console.log(`${backend}: by hand  ${summary(times.hand)}`);
    const ratio = (pick: (times: readonly number[]) => number): string =>
      (pick(times.hand) / pick(times.compiled)).toFixed(2);
    console.log(`${backend}: by hand / compiled: best ${ratio(best)}, median ${ratio(median)}`);
  }
  console.log(`${backend}: tensors ${tf.memory().numTensors}`);
  tf.dispose([...(views ?? [])]);
  hand?.dispose();
  model.dispose();
}

function best(times: readonly number[]): number {
  return Math.min(...times);
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

function summary(times: readonly number[]): string {
  return `best ${best(times).toFixed(0)} ms, median ${median(times).toFixed(0)} ms of ${times.length}`;
}

const backends = process.argv.slice(3);
for (const backend of backends.length > 0 ? backends : ['wasm']) await measure(backend);
