/** A program's first model as a TensorFlow session, and the data of its stages. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkFile, compileModel, optimizeProgram, type StepSettings } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { FileLibrary } from '../../src/runtime/library.js';
import { tfjsNode } from '../targets/backends.js';

/** Of a text as if it lay beside the examples, where it is allowed to collapse; `asked`: what steps are to say besides. */
export async function loadNatively(text: string, asked: Pick<StepSettings, 'watchesOutputs'> = {}) {
  const path = 'examples/text.ebm';
  const program = checkFile({ path, text }, new FileLibrary(path), { allow: ['EBM3001'] });
  const [model, settings] = [program.models[0]!, program.trains[0]!];
  const compiled = optimizeProgram(compileModel(model, { ...settings, ...asked }, 'tensorflow'), 'tensorflow');
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const loaded = await loadSavedModel(compiled, emitTensorflow(compiled), tfjsNode()!, { directory });
  const opened = [settings, ...settings.later].map(({ dataset }) => {
    const decl = program.datasets.find(({ name }) => name === dataset)!;
    return openDataset(decl, { baseDirectory: 'examples', strict: false, warn: () => {} });
  });
  const [dataset, ...later] = await Promise.all(opened);
  return { program, model, settings, loaded, dataset: dataset!, later };
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
