/** Models of several kinds with weights as after training, and what `represent` makes of a few examples. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkFile,
  compileModel,
  defaultOptimizer,
  optimizeProgram,
  type TargetName,
  type TypedModel,
} from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { emitTfjs } from '../../src/compiler/targets/tfjs/emit.js';
import { formatDiagnostic } from '../../src/diagnostics/index.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { loadTfjsModel } from '../../src/runtime/backends/load-tfjs.js';
import { FileLibrary } from '../../src/runtime/library.js';
import type { Batch, HostTensor, LoadedModel } from '../../src/runtime/model.js';
import { tfjsNode, useBackend } from '../targets/backends.js';

const resnet = `
use std.networks { resnet18 }
use std.vision { simclr_views }
use std.energies { cosine }
use std.regularizers { nt_xent }

model ResNet {
  data x: Image[32, 32, 3]
  view a, b of x = simclr_views(size: 32)
  encoder f = resnet18(width: 8)
  energy E(x, y) = cosine(f(x), f(y))
  minimize { contrast: nt_xent(E, a, b, 0.5) }
  representation f(x)
}`;

const speech = `
use std.audio { log_mel, waveform_encoder }
use std.layers { linear, layer_norm, block, pool }
use std.energies { mean_square }

model Speech {
  data x: Audio[4000]
  encoder f = waveform_encoder(width: 16)
  encoder g = linear(16)
  encoder h = block(heads: 4)
  param known: [3] = normal([3])
  let z = f(x)
  minimize { known: mean_square(pool(h(g(z))), 0.5 * pool(log_mel(x, mels: 16))) }
  representation concat(pool(h(g(z))), pool(log_mel(x, mels: 16)))
}`;

export const sources: Readonly<Record<string, string>> = {
  'small_cnn (SimCLR)': example('simclr'),
  resnet18: resnet,
  'vision transformer (MAE)': example('mae'),
  'text transformer (BERT)': example('bert'),
  'two inputs (CLIP)': example('clip'),
  'table (SCARF)': example('scarf'),
  'series (PatchTST)': example('time_series'),
  'codes found by descent': example('latent_descent'),
  'waveform and spectrogram': speech,
};

function example(name: string): string {
  return readFileSync(`examples/${name}.ebm`, 'utf8');
}

export interface Prepared {
  readonly model: TypedModel;
  readonly states: ReadonlyMap<string, HostTensor>;
  readonly batch: Batch;
  /** [batch, ...] */
  readonly features: HostTensor;
}

export const batchSize = 5;

/** `backend`: what `represent` runs on. */
export async function prepare(text: string, backend: string): Promise<Prepared> {
  const path = 'examples/test.ebm';
  const checked = checkFile({ path, text }, new FileLibrary(path), { train: { batch: batchSize } });
  const errors = checked.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((d) => formatDiagnostic(d)).join('\n'));
  const model = checked.models[0]!;
  await useBackend(backend);
  const loaded = await load({ ...model, batch: batchSize }, backend === 'tensorflow' ? 'tensorflow' : 'tfjs');
  await loaded.init(3);
  const initial = await loaded.read();
  const entries = Object.entries(initial).map(([name, value], k) => [name, asTrained(value, k)] as const);
  const states = Object.fromEntries(entries);
  await loaded.write(states);
  const batch = Object.fromEntries(loaded.inputs.map((input) => [input.name, examples(input, model)]));
  const features = await loaded.represent(batch);
  loaded.dispose();
  return { model, states: new Map(entries), batch, features };
}

async function load(model: TypedModel, target: TargetName): Promise<LoadedModel> {
  const program = optimizeProgram(compileModel(model, { optimizer: defaultOptimizer }, target), target);
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  if (target === 'tfjs') return loadTfjsModel(program, emitTfjs(program).files, { directory });
  return loadSavedModel(program, emitTensorflow(program), tfjsNode()!, { directory });
}

/** Moving averages and biases away from where they start; variances stay positive. */
function asTrained({ shape, data }: HostTensor, k: number): HostTensor {
  const moved = (value: number, i: number): number =>
    value * (1 + 0.2 * Math.sin(i + k)) + 0.02 * (1 + Math.sin(i * 1.3 + k));
  return { shape, data: data instanceof Int32Array ? data : data.map(moved) };
}

function examples({ name, shape, dtype }: LoadedModel['inputs'][number], model: TypedModel): HostTensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const below = model.inputs.find((input) => input.name === name)?.below ?? 2;
  if (dtype === 'int32')
    return { shape, data: Int32Array.from({ length: count }, (_, i) => (i * i * 31 + 7 * i) % below) };
  return { shape, data: Float32Array.from({ length: count }, (_, i) => noise(i)) };
}

/** In 0..1, with all frequencies: of a pure tone most of a logarithmic spectrum is rounding. */
function noise(i: number): number {
  const x = Math.sin(i * 12.9898) * 43758.5453;
  return x - Math.floor(x);
}

/** The first examples of a batch. */
export function firstRows({ shape, data }: HostTensor, count: number): HostTensor {
  const run = data.length / shape[0]!;
  return { shape: [count, ...shape.slice(1)], data: data.subarray(0, count * run) };
}
