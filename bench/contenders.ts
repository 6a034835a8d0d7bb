/** Those who take steps against each other in the benchmarks: our targets on the native backend, and PyTorch in a process of its own. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Program } from '../src/compiler/graph/types.js';
import {
  checkFile,
  compileModel,
  costOfModel,
  optimizeProgram,
  type TargetName,
  type TypedModel,
} from '../src/compiler/index.js';
import { emitTensorflow } from '../src/compiler/targets/tensorflow/emit.js';
import { emitTfjs } from '../src/compiler/targets/tfjs/emit.js';
import { loadTfjsNode, usesGpu } from '../src/runtime/backends/index.js';
import { loadSavedModel } from '../src/runtime/backends/load-saved-model.js';
import { loadTfjsModel } from '../src/runtime/backends/load-tfjs.js';
import { FileLibrary } from '../src/runtime/library.js';
import type { Batch, LoadedModel } from '../src/runtime/model.js';

/** Something that takes training steps on one fixed batch. */
export interface Contender {
  readonly name: string;
  /** How many numbers it trains. */
  readonly parameters: number;
  readonly batch?: number;
  /** Takes a step; milliseconds. */
  step(): Promise<number>;
  close(): void;
}

export const batch = Number(process.env['BATCH'] ?? 128);
const root = process.env['EBMC_ROOT'] ?? process.cwd();
export const adamw = {
  name: 'adamw',
  settings: { rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0.01 },
} as const;

export type Precision = 'float32' | 'bf16' | 'fp16';

export interface Benchmark {
  readonly program: Program;
  readonly typed: TypedModel;
}

/** A model of this folder, at the batch of all; or an example file's (`example-NAME`), at its own. */
export function compileBenchmark(name: string, target: TargetName, precision: Precision = 'float32'): Benchmark {
  const isExample = name.startsWith('example-');
  const path = isExample
    ? join(root, 'examples', `${name.slice('example-'.length)}.ebm`)
    : fileURLToPath(new URL(`./models/${name}.ebm`, import.meta.url));
  const source = { path, text: readFileSync(path, 'utf8') };
  const checked = checkFile(source, new FileLibrary(path), isExample ? {} : { train: { batch } });
  const typed = checked.models[0];
  if (typed === undefined) throw new Error(checked.diagnostics.map((d) => d.message).join('\n'));
  return { typed, program: optimizeProgram(compileModel(typed, { optimizer: adamw, precision }, target), target) };
}

/** As on a GPU; `COMPILED=1` with TensorFlow's flags has it so on processors. */
function compiles(): boolean {
  return usesGpu() || process.env['COMPILED'] === '1';
}

/** A benchmark's program on tfjs's backend that is active: as a TensorFlow session or as tfjs's operations one by one. */
export async function loadBenchmark(program: Program, target: TargetName): Promise<LoadedModel> {
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-bench-'));
  const model =
    target === 'tensorflow'
      ? await loadSavedModel(
          program,
          emitTensorflow(program, compiles() ? { compiled: true } : { fused: process.env['FUSED'] !== '0' }),
          loadTfjsNode(),
          { directory },
        )
      : await loadTfjsModel(program, emitTfjs(program).files, { directory });
  await model.init(1);
  // A run that is long enough to be compiled for.
  model.plannedSteps = 1e6;
  return model;
}

export async function ours(
  name: string,
  target: TargetName,
  precision: Precision = 'float32',
): Promise<Contender & { readonly firstStep: number }> {
  const start = performance.now();
  const { program, typed } = compileBenchmark(name, target, precision);
  const model = await loadBenchmark(program, target);
  const data = someBatch(model, typed);
  await model.step(data, 1e-3);
  const firstStep = performance.now() - start;
  return {
    firstStep,
    parameters: costOfModel(typed).parameters,
    batch: model.batch,
    name: target === 'tensorflow' ? 'ebmc' : 'tfjs op by op',
    async step() {
      const start = performance.now();
      await model.step(data, 1e-3);
      return performance.now() - start;
    },
    close: () => model.dispose(),
  };
}

/** Numbers in 0..1, and whole numbers below what each field allows. */
export function someBatch(model: LoadedModel, typed: TypedModel): Batch {
  const fields = model.inputs.map(({ name, shape, dtype }) => {
    const size = shape.reduce((n, d) => n * d, 1);
    const below = typed.inputs.find((input) => input.name === name)?.below ?? 2;
    const data =
      dtype === 'int32'
        ? Int32Array.from({ length: size }, (_, i) => (i * 7919) % below)
        : Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 256) / 255);
    return [name, { shape: [...shape], data }] as const;
  });
  return Object.fromEntries(fields);
}

export type TorchMode =
  | 'eager'
  | 'compile'
  | 'compile-graphs'
  | 'workers'
  | 'views'
  | 'eager-bf16'
  | 'compile-bf16'
  | 'compile-graphs-bf16';

export const torchNames: Readonly<Record<TorchMode, string>> = {
  eager: 'PyTorch eager',
  compile: 'torch.compile',
  'compile-graphs': 'torch.compile with CUDA graphs',
  workers: `PyTorch, views in ${cpus().length} workers`,
  views: 'PyTorch, views in the step',
  'eager-bf16': 'PyTorch eager, autocast',
  'compile-bf16': 'torch.compile, autocast',
  'compile-graphs-bf16': 'torch.compile with CUDA graphs, autocast',
};

interface Answer {
  /** What PyTorch could not do. */
  readonly error?: string;
  readonly seconds: number;
  readonly loss: number;
  readonly torch: string;
  /** The graphics card's name; empty without one. */
  readonly device: string;
  readonly parameters: number;
}

/** A Python that has PyTorch: `PYTHON`, or that of test/reference/setup.sh. */
export const python = process.env['PYTHON'] ?? join(root, '.venv/bin/python');

/** bench/torch_steps.py in test/reference's Python environment; undefined where that is not set up. */
export class Torch {
  version = '';
  device = '';
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];

  constructor(root: string) {
    this.process = spawn(python, [join(root, 'bench/torch_steps.py')]);
    this.process.stderr.on('data', (text: Buffer) => process.stderr.write(text));
    this.process.on('exit', (status) => {
      for (const { reject } of this.waiting) reject(new Error(`PyTorch's process ended with status ${status}`));
    });
    createInterface(this.process.stdout).on('line', (line) =>
      this.waiting.shift()?.resolve(JSON.parse(line) as Answer),
    );
  }

  async contender(model: string, mode: TorchMode): Promise<Contender> {
    const { error, torch, device, parameters } = await this.ask(`prepare ${model} ${mode}`);
    if (error !== undefined) throw new Error(`${torchNames[mode]}: ${error}`);
    this.version = torch;
    this.device = device;
    return {
      name: torchNames[mode],
      parameters,
      step: async () => (await this.ask(`step ${model} ${mode}`)).seconds * 1000,
      close: () => {},
    };
  }

  close(): void {
    this.process.stdin.end();
  }

  private ask(command: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.process.stdin.write(`${command}\n`);
    });
  }
}
