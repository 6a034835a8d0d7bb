/** A real but tiny model in plain arrays, a data set in memory, and places to write to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { FieldDecl, TrainDecl } from '../../src/compiler/declarations.js';
import type { StateDecl } from '../../src/compiler/graph/types.js';
import { type Diagnostic, EbmcError } from '../../src/diagnostics/index.js';
import type { Dataset } from '../../src/runtime/data/index.js';
import { randomBits } from '../../src/runtime/data/index.js';
import type { Batch, HostTensor, LoadedModel } from '../../src/runtime/model.js';
import type { TrainOptions } from '../../src/runtime/train/index.js';

export const span = { source: { path: 'test.ebm', text: '' }, start: 0, end: 0 };

export function field(name: string, type: FieldDecl['type'], ...shape: number[]): FieldDecl {
  return { name, type, shape, span };
}

export function temporaryFolders(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'ebmc-test-'));
    made.push(folder);
    return folder;
  };
}

export async function failure(work: Promise<unknown> | (() => Promise<unknown>)): Promise<Diagnostic> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof EbmcError) return error.diagnostics[0]!;
    throw error;
  }
  throw new Error('it succeeded');
}

export interface TinyOptions {
  readonly batch?: number;
  readonly dimensions?: number;
  readonly nanAt?: number;
  readonly failAt?: { readonly step: number; readonly error: Error };
}

/** x [batch, 4] → x·W [batch, d]; a step pulls W by momentum towards reconstructing x from noise drawn from (seed, step). */
export function tinyModel({
  batch = 4,
  dimensions = 3,
  nanAt,
  failAt,
}: TinyOptions = {}): LoadedModel & { explained: number[] } {
  const states: StateDecl[] = ['w', 'w.momentum'].map((name) => ({
    name,
    type: { dtype: 'float32', shape: [4, dimensions] },
    role: name === 'w' ? 'parameter' : 'optimizer',
  }));
  let [w, velocity] = [new Float32Array(4 * dimensions), new Float32Array(4 * dimensions)];
  let seed = 0;
  const model = {
    batch,
    inputs: [{ name: 'x', shape: [batch, 4], dtype: 'float32' as const }],
    states,
    metrics: ['loss', 'term.pull'],
    stepNumber: 0,
    plannedSteps: 1,
    explained: [] as number[],
    async init(newSeed: number) {
      seed = newSeed;
      const bits = randomBits(seed);
      w = w.map(() => bits() / 2 ** 31 - 1);
      velocity = new Float32Array(w.length);
      model.stepNumber = 0;
    },
    async step(data: Batch, rate: number) {
      const step = model.stepNumber++;
      if (failAt?.step === step) throw failAt.error;
      const bits = randomBits(seed, step);
      const x = data['x']!.data;
      let loss = 0;
      for (let i = 0; i < w.length; i++) {
        const target = x[i % x.length]! + bits() / 2 ** 33;
        const error = Math.fround(w[i]! - target);
        loss += error * error;
        velocity[i] = 0.9 * velocity[i]! + error;
        w[i]! -= rate * velocity[i]!;
      }
      if (step === nanAt) loss = Number.NaN;
      return { loss, 'term.pull': loss };
    },
    async represent(data: Batch): Promise<HostTensor> {
      const x = data['x']!.data;
      const y = new Float32Array(batch * dimensions);
      for (let b = 0; b < batch; b++) {
        for (let j = 0; j < dimensions; j++) {
          for (let k = 0; k < 4; k++) y[b * dimensions + j]! += x[b * 4 + k]! * w[k * dimensions + j]!;
        }
      }
      return { shape: [batch, dimensions], data: y };
    },
    async explainNonFinite() {
      model.explained.push(model.stepNumber);
      return '`sqrt` in f/norm';
    },
    async read() {
      return {
        w: { shape: [4, dimensions], data: w.slice() },
        'w.momentum': { shape: [4, dimensions], data: velocity.slice() },
      };
    },
    async write(saved: Readonly<Record<string, HostTensor>>) {
      w = Float32Array.from(saved['w']!.data);
      velocity = Float32Array.from(saved['w.momentum']!.data);
    },
    dispose() {},
  };
  return model;
}

export function tinyDataset(size = 22): Dataset {
  const bits = randomBits(7);
  const x = Float32Array.from({ length: size * 4 }, () => bits() / 2 ** 32);
  return {
    name: 'tiny',
    fields: [field('x', 'Tensor', 4), field('label', 'Class', 2)],
    splits: ['train', 'test'],
    size: () => size,
    async read(_, indices, names = ['x', 'label']) {
      const data = new Float32Array(indices.length * 4);
      const labels = Int32Array.from(indices, (index) => (x[index * 4]! > 0.5 ? 1 : 0));
      for (let i = 0; i < indices.length; i++) data.set(x.subarray(indices[i]! * 4, indices[i]! * 4 + 4), i * 4);
      const all: Batch = { x: { shape: [indices.length, 4], data }, label: { shape: [indices.length], data: labels } };
      return Object.fromEntries(names.map((name) => [name, all[name]!]));
    },
  };
}

export const tinySettings: TrainDecl = {
  model: 'Tiny',
  dataset: 'tiny',
  split: 'train',
  later: [],
  epochs: 4,
  batch: 4,
  microBatch: undefined,
  statistics: 'whole',
  precision: 'float32',
  seed: 3,
  optimizer: { name: 'sgd', settings: { rate: 0.05, momentum: 0.9 } },
  schedule: { name: 'cosine', settings: { warmup: 1, final: 0 } },
  span,
};

export function tinyRun(
  runFolder: string,
  changes: Partial<TrainOptions> = {},
): TrainOptions & { warnings: Diagnostic[] } {
  const warnings: Diagnostic[] = [];
  return {
    model: tinyModel(),
    settings: tinySettings,
    dataset: tinyDataset(),
    runFolder,
    programHash: 'abc',
    warn: (diagnostic) => warnings.push(diagnostic),
    warnings,
    ...changes,
  };
}
