/** From a checked model to one that runs: compile it, choose a backend, load the generated module there. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainDecl } from '../compiler/declarations.js';
import { compileModel, optimizeProgram, printTypedModel, type TypedModel } from '../compiler/index.js';
import { type BackendName, loadTfjsNode, type Selection, selectBackend } from '../runtime/backends/index.js';
import { loadSavedModel } from '../runtime/backends/load-saved-model.js';
import { loadTfjsModel } from '../runtime/backends/load-tfjs.js';
import type { LoadedModel } from '../runtime/model.js';
import type { Output } from './output.js';

export interface RunningProgram {
  readonly model: LoadedModel;
  readonly backend: Selection;
  /** Tells a resumed run whether it is the same program. */
  readonly hash: string;
  close(): void;
}

export async function loadProgram(
  typed: TypedModel,
  train: Pick<TrainDecl, 'optimizer'>,
  backendName: string,
  output: Output,
): Promise<RunningProgram> {
  const backend = await selectBackend(backendName);
  output.diagnostics(backend.warnings);
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  const model = await loadOn(backend.name, typed, train, directory);
  const close = () => {
    model.dispose();
    remove();
    process.off('exit', remove);
  };
  return { model, backend, hash: hashOf(typed, train), close };
}

/** On the native backend a step is one call of a TensorFlow session, elsewhere tfjs's calls one by one; both draw the same numbers. */
async function loadOn(
  backend: BackendName,
  typed: TypedModel,
  train: Pick<TrainDecl, 'optimizer'>,
  directory: string,
): Promise<LoadedModel> {
  const target = backend === 'tensorflow' ? 'tensorflow' : 'tfjs';
  const program = optimizeProgram(compileModel(typed, train, target), target);
  if (target === 'tensorflow') {
    const { emitTensorflow } = await import('../compiler/targets/tensorflow/emit.js');
    return loadSavedModel(program, emitTensorflow(program), loadTfjsNode(), { directory });
  }
  const { emitTfjs } = await import('../compiler/targets/tfjs/emit.js');
  return loadTfjsModel(program, emitTfjs(program).files, { directory });
}

/** The same whatever the target. */
function hashOf(typed: TypedModel, { optimizer }: Pick<TrainDecl, 'optimizer'>): string {
  const text = `${printTypedModel(typed)}\nbatch ${typed.batch}\n${JSON.stringify(optimizer)}`;
  return createHash('sha256').update(text).digest('hex');
}
