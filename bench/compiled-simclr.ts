/** The compiled side of the benchmarks: `simclr.ebm` on a backend. */
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

export const batch = 128;
const adamw = { name: 'adamw', settings: { rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0 } } as const;

export async function compiled(): Promise<LoadedModel> {
  const path = fileURLToPath(new URL('./models/simclr.ebm', import.meta.url));
  const checked = checkFile({ path, text: readFileSync(path, 'utf8') }, new FileLibrary(path));
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
export async function activate(backend: string): Promise<void> {
  const folder = process.env['EBMC_NATIVE'];
  if (backend !== 'tensorflow' || folder === undefined) {
    await selectBackend(backend);
    return;
  }
  tf.enableProdMode();
  createRequire(join(folder, 'x.js'))('@tensorflow/tfjs-node');
  await tf.setBackend('tensorflow');
}
