/** From a checked model to one that runs: compile it, choose a backend, load the generated module there. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NarrowType, narrowTypes } from '../compiler/graph/ops/narrow.js';
import type { Program } from '../compiler/graph/types.js';
import {
  compileModel,
  costOfStep,
  optimizeProgram,
  printTypedModel,
  type StepSettings,
  stepMemory,
  type TargetName,
  type TypedModel,
} from '../compiler/index.js';
import { type Diagnostic, EbmcError, report } from '../diagnostics/index.js';
import { loadTfjsNode, type Selection, selectBackend, usesGpu, vectorInstructions } from '../runtime/backends/index.js';
import { loadSavedModel } from '../runtime/backends/load-saved-model.js';
import { loadTfjsModel } from '../runtime/backends/load-tfjs.js';
import type { LoadedModel } from '../runtime/model.js';
import type { Output } from './output.js';

export interface RunningProgram {
  readonly model: LoadedModel;
  readonly backend: Selection;
  /** What a step needs, as far as its graphs tell. */
  readonly stepBytes: number;
  /** Tells a resumed run whether it is the same program. */
  readonly hash: string;
  /** Floating point operations of a training step. */
  readonly stepFlops: number;
  close(): void;
}

export async function loadProgram(
  typed: TypedModel,
  train: StepSettings,
  backendName: string,
  output: Output,
  /** Bytes that a step should not exceed: chooses the micro-batch. */
  memory?: number,
): Promise<RunningProgram> {
  const backend = await selectBackend(backendName);
  output.diagnostics(backend.warnings);
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  const target = backend.name === 'tensorflow' ? 'tensorflow' : 'tfjs';
  const program = compileWithin(typed, train, target, memory);
  if (target === 'tfjs' && program.micro) throw new EbmcError([report('EBM6010', { backend: backend.name })]);
  const type = narrowTypes[program.precision ?? 'float32'];
  if (target === 'tfjs' && type) throw new EbmcError([report('EBM6011', { backend: backend.name, type })]);
  if (type) output.diagnostics(slowerHere(type));
  if (memory !== undefined)
    output.note(
      `micro-batches of ${program.micro?.size ?? program.batch}, about ${(stepMemory(program) / 1e9).toPrecision(2)} GB a step`,
    );
  const model = await loadOn(target, program, directory);
  const close = () => {
    model.dispose();
    remove();
    process.off('exit', remove);
  };
  return {
    model,
    backend,
    stepBytes: stepMemory(program),
    hash: hashOf(typed, train),
    stepFlops: flopsOfStep(program),
    close,
  };
}

/** Compiled with the largest micro-batch that keeps a step within so many bytes, where there is such a limit. */
function compileWithin(
  typed: TypedModel,
  train: StepSettings,
  target: TargetName,
  memory: number | undefined,
): Program {
  const compile = (settings: StepSettings): Program => optimizeProgram(compileModel(typed, settings, target), target);
  if (memory === undefined) return compile(train);
  const { batch } = typed;
  let smallest: Program | undefined;
  for (const parts of Array.from({ length: batch }, (_, i) => i + 1).filter((n) => batch % n === 0)) {
    const program = compile({ ...train, microBatch: parts === 1 ? undefined : batch / parts });
    if (stepMemory(program) <= memory) return program;
    smallest = program;
  }
  const needed = smallest === undefined ? 0 : stepMemory(smallest) / 1e9;
  throw new EbmcError([report('EBM5016', { batch, limit: memory / 1e9, needed })]);
}

/** A warning where numbers of 16 bits cost time instead of saving it. */
function slowerHere(type: NarrowType): readonly Diagnostic[] {
  if (usesGpu()) return [];
  const processor = vectorInstructions();
  if (processor === undefined || processor.narrow.has(type)) return [];
  return [report('EBM6012', { processor: processor.name, type })];
}

/** On the native backend a step is one call of a TensorFlow session, elsewhere tfjs's calls one by one; both draw the same numbers. */
async function loadOn(target: TargetName, program: Program, directory: string): Promise<LoadedModel> {
  if (target === 'tensorflow') {
    const { emitTensorflow } = await import('../compiler/targets/tensorflow/emit.js');
    const output = emitTensorflow(program, usesGpu() ? { compiled: true } : { fused: true });
    return loadSavedModel(program, output, loadTfjsNode(), { directory });
  }
  const { emitTfjs } = await import('../compiler/targets/tfjs/emit.js');
  return loadTfjsModel(program, emitTfjs(program).files, { directory });
}

function flopsOfStep(program: Program): number {
  const { flops } = costOfStep(program);
  return flops.products + flops.other;
}

/** The same whatever the target. */
export function hashOf(typed: TypedModel, { optimizer }: StepSettings): string {
  const text = `${printTypedModel(typed)}\nbatch ${typed.batch}\n${JSON.stringify(optimizer)}`;
  return createHash('sha256').update(text).digest('hex');
}
