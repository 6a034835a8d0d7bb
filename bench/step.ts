/**
 * One training step of `simclr.ebm` as the compiler writes it against the same step written by hand, on the same backend, in
 * turns; best and median. `node bench/run.js step wasm tensorflow`; the hand-written step runs where the tape has every
 * gradient, which is on the native backend alone (wasm lacks Conv2DBackpropFilter).
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { checkFile } from '../src/compiler/index.js';
import { lowerModel } from '../src/compiler/lower/index.js';
import { optimizeForward, optimizeGraph } from '../src/compiler/optimize/index.js';
import { emitTfjs } from '../src/compiler/targets/tfjs/emit.js';
import { selectBackend } from '../src/runtime/backends/index.js';
import { loadTfjsModel } from '../src/runtime/backends/load-tfjs.js';
import { FileLibrary } from '../src/runtime/library.js';
import type { LoadedModel } from '../src/runtime/model.js';
import { handWrittenSimclr } from './hand-written-simclr.js';

const batch = 128;
const rounds = Number(process.env['ROUNDS'] ?? 7);
const adamw = { name: 'adamw', settings: { rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0 } } as const;

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

async function compiled(): Promise<LoadedModel> {
  const path = fileURLToPath(new URL('./simclr.ebm', import.meta.url));
  const checked = checkFile({ path, text: readFileSync(path, 'utf8') }, new FileLibrary(path), { skipCollapse: true });
  const typed = checked.models[0];
  if (typed === undefined) throw new Error(checked.diagnostics.map((d) => d.message).join('\n'));
  const program = lowerModel(typed, adamw, { forward: optimizeForward, finish: (graph) => optimizeGraph(graph) });
  const model = await loadTfjsModel(program, emitTfjs(program).files, {
    directory: mkdtempSync(join(tmpdir(), 'ebmc-bench-')),
  });
  await model.init(1);
  return model;
}

/** `EBMC_NATIVE`: a folder whose node_modules has a working tfjs-node, instead of the one that `ebmc setup` makes. */
async function activate(backend: string): Promise<void> {
  const folder = process.env['EBMC_NATIVE'];
  if (backend !== 'tensorflow' || folder === undefined) {
    await selectBackend(backend);
    return;
  }
  tf.enableProdMode();
  createRequire(join(folder, 'x.js'))('@tensorflow/tfjs-node');
  await tf.setBackend('tensorflow');
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
