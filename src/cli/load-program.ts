/** From a checked model to one that runs: compile it, choose a backend, load the generated module there. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainDecl } from '../compiler/declarations.js';
import { compileModel, optimizeProgram, type TypedModel } from '../compiler/index.js';
import { emitTfjs } from '../compiler/targets/tfjs/emit.js';
import { type Selection, selectBackend } from '../runtime/backends/index.js';
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
  const program = optimizeProgram(compileModel(typed, train));
  const { files } = emitTfjs(program);
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  const backend = await selectBackend(backendName);
  output.diagnostics(backend.warnings);
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  const model = await loadTfjsModel(program, files, { directory });
  const close = () => {
    model.dispose();
    remove();
    process.off('exit', remove);
  };
  return { model, backend, hash, close };
}
