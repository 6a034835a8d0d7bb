/** Loads what the TensorFlow target emits: a step is one call of a native session, in which the states live. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type MicroStep, type Program, progressInput, rateInput } from '../../compiler/graph/types.js';
import { spellOutProgram } from '../../compiler/index.js';
import { microInput } from '../../compiler/lower/micro-batches/index.js';
import type { TensorflowOutput } from '../../compiler/targets/tensorflow/emit.js';
import {
  compiledSignature,
  drawInputs,
  epochSignatures,
  microSignature,
  scratchSignature,
  servingTag,
} from '../../compiler/targets/tensorflow/signatures.js';
import type { Batch, HostTensor, LoadedModel } from '../model.js';
import { fieldsOf, wantedBy } from './fields.js';
import { toHost, toTensor } from './host-tensors.js';
import type { LoadedSignature, TfjsNode } from './load-native.js';
import { loadTfjsModel } from './load-tfjs.js';

export interface LoadOptions {
  /** An empty folder of the model's own: sessions are shared by folder. */
  readonly directory: string;
}

/**
 * So many steps are worth the 10 to 20 seconds that a GPU's compiler takes: on an H100 it shortened a step of SimCLR by 3.5 ms, of a small MAE
 * by 6.5, of a resnet18 by 9.
 */
const worthCompiling = 2000;

type Tensors = Readonly<Record<string, tf.Tensor>>;

export async function loadSavedModel(
  program: Program,
  { files, manifest }: TensorflowOutput,
  api: TfjsNode,
  options: LoadOptions,
): Promise<LoadedModel> {
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(options.directory, name), bytes);
  const signatures: LoadedSignature[] = [];
  const loading = new Map<string, Promise<LoadedSignature>>();
  /** Loaded when it is first called: the binding reads the whole file for each of them, a tenth of a second for a resnet18. */
  const signatureNamed = (name: string): Promise<LoadedSignature> => {
    const load = async (): Promise<LoadedSignature> => {
      const signature = await api.node.loadSavedModel(options.directory, [servingTag], name);
      signatures.push(signature);
      return signature;
    };
    const found = loading.get(name) ?? load();
    loading.set(name, found);
    return found;
  };
  // One of them at once, with the session: what is wrong with the file or the folder is said here.
  await signatureNamed('init');
  let seed = 0;
  let stepNumber = 0;
  let plannedSteps = 1;
  let prepared = false;

  const scalars = (rate: number): Record<string, tf.Tensor> => ({
    [rateInput]: tf.scalar(rate),
    [progressInput]: tf.scalar(progressAt(stepNumber, plannedSteps)),
  });

  /** Calls a signature with what it takes of `given`, the seed and the step; the caller disposes what comes back. */
  const call = async (name: string, given: Tensors): Promise<Tensors> => {
    const all: Tensors = {
      ...given,
      [drawInputs.seed]: tf.scalar(seed | 0, 'int32'),
      [drawInputs.step]: stepWords(stepNumber),
    };
    try {
      const signature = await signatureNamed(name);
      const taken = manifest.signatures[name]?.inputs.map((input) => [input, all[input] as tf.Tensor] as const);
      return signature.predict(Object.fromEntries(taken ?? []));
    } finally {
      tf.dispose(Object.values(all));
    }
  };
  /** The compiled one, where there is one and the steps are many. */
  const stepNamed = (name: string): string => {
    const compiled = compiledSignature(name);
    return plannedSteps >= worthCompiling && manifest.signatures[compiled] ? compiled : name;
  };
  const firstOfStep = program.micro ? microSignature(0) : 'step';
  /** One after another; what they measure. */
  const takePasses = async ({ passes, count, size }: MicroStep, batch: Batch, rate: number): Promise<Tensors> => {
    const measured: Record<string, tf.Tensor> = {};
    if (!prepared) tf.dispose(Object.values(await call(scratchSignature, {})));
    prepared = true;
    for (const [i, { graph, each }] of passes.entries()) {
      for (let micro = 0; micro < (each ? count : 1); micro++) {
        const rows = each ? mapRecord(batch, (host) => toTensor(rowsOf(host, micro * size, size))) : {};
        const given = { ...rows, ...scalars(rate), [microInput]: tf.scalar(micro, 'int32') };
        for (const [name, value] of Object.entries(await call(stepNamed(microSignature(i)), given))) {
          if (name in graph.outputs) measured[name] = value;
          else value.dispose();
        }
      }
    }
    return measured;
  };
  /** What a signature gives of each example, for as many at a time as a step takes at a time. */
  const ofExamples = async (name: string, batch: Batch): Promise<Record<string, HostTensor>> => {
    const size = program.micro?.size ?? program.batch;
    const parts: Record<string, HostTensor[]> = {};
    for (let from = 0; from < program.batch; from += size) {
      const results = await call(
        name,
        mapRecord(batch, (host) => toTensor(rowsOf(host, from, size))),
      );
      for (const [output, value] of Object.entries(results)) {
        parts[output] ??= [];
        parts[output].push(await toHost(value));
      }
      tf.dispose(Object.values(results));
    }
    return mapRecord(parts, joinRows);
  };
  const represent = async (name: string, batch: Batch): Promise<HostTensor> =>
    Object.values(await ofExamples(name, batch))[0] as HostTensor;
  const read = async (): Promise<Record<string, HostTensor>> => {
    if (program.states.length === 0) return {};
    const tensors = await call('read', {});
    const entries = await Promise.all(
      Object.entries(tensors).map(async ([name, tensor]) => [name, await toHost(tensor)] as const),
    );
    tf.dispose(Object.values(tensors));
    return Object.fromEntries(entries);
  };

  /** The session has no place to look between two operations: the tfjs target takes the step, operation by operation, from the same states. */
  const withTwin = async <T>(ask: (twin: LoadedModel) => T | Promise<T>): Promise<T> => {
    const { emitTfjs } = await import('../../compiler/targets/tfjs/emit.js');
    const plain = spellOutProgram(program);
    const twin = await loadTfjsModel(plain, emitTfjs(plain).files, options);
    try {
      await twin.init(seed);
      await twin.write(await read());
      twin.stepNumber = stepNumber;
      twin.plannedSteps = plannedSteps;
      return await ask(twin);
    } finally {
      twin.dispose();
    }
  };

  return {
    batch: program.batch,
    inputs: fieldsOf(program),
    states: program.states,
    metrics: Object.keys(program.step.outputs),
    get stepNumber() {
      return stepNumber;
    },
    set stepNumber(value) {
      stepNumber = value;
    },
    get plannedSteps() {
      return plannedSteps;
    },
    set plannedSteps(value) {
      plannedSteps = value;
    },
    get isYetToCompile() {
      const name = stepNamed(firstOfStep);
      return name !== firstOfStep && !loading.has(name);
    },
    async init(newSeed) {
      seed = newSeed;
      stepNumber = 0;
      tf.dispose(Object.values(await call('init', {})));
    },
    async step(batch, rate) {
      const results = program.micro
        ? await takePasses(program.micro, batch, rate)
        : await call(stepNamed(firstOfStep), { ...toTensors(batch), ...scalars(rate) });
      stepNumber += 1;
      const metrics = Object.fromEntries(
        Object.entries(results).map(([name, scalar]) => [name, scalar.dataSync()[0] ?? Number.NaN]),
      );
      tf.dispose(Object.values(results));
      return metrics;
    },
    epoch: program.epoch && {
      wanted: wantedBy(program.epoch),
      gather: (batch) => ofExamples(epochSignatures.gather, batch),
      async begin(values) {
        tf.dispose(Object.values(await call(epochSignatures.update, toTensors(values))));
      },
    },
    represent: (batch) => represent('represent', batch),
    ...(program.representViews ? { representViews: (batch: Batch) => represent('represent_views', batch) } : {}),
    ...(program.pairEnergies ? { pairEnergies: (batch: Batch) => represent('pair_energies', batch) } : {}),
    read,
    async write(states) {
      const missing = program.states.some(({ name }) => states[name] === undefined);
      const all = missing ? { ...(await read()), ...states } : states;
      tf.dispose(Object.values(await call('write', toTensors(all))));
    },
    explainNonFinite: (batch, rate) => withTwin((twin) => twin.explainNonFinite?.(batch, rate)),
    costs: (batch, rate) => withTwin(async (twin) => (await twin.costs?.(batch, rate)) ?? []),
    dispose() {
      for (const signature of signatures) signature.dispose();
    },
  };
}

/** The share of training that is done before a step (from 0): 0 at the first, 1 at the last. */
function progressAt(step: number, planned: number): number {
  return Math.min(1, step / Math.max(1, planned - 1));
}

/** The step's number as two words of 32 bits, the low one first. */
function stepWords(step: number): tf.Tensor {
  return tf.tensor1d(Int32Array.of(step | 0, Math.floor(step / 2 ** 32)), 'int32');
}

function toTensors(batch: Batch): Tensors {
  return mapRecord(batch, toTensor);
}

function rowsOf({ shape, data }: HostTensor, from: number, count: number): HostTensor {
  const run = data.length / (shape[0] ?? 1);
  return { shape: [count, ...shape.slice(1)], data: data.subarray(from * run, (from + count) * run) };
}

function joinRows(parts: readonly HostTensor[]): HostTensor {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first as HostTensor;
  const data = new Float32Array(parts.length * first.data.length);
  for (const [i, part] of parts.entries()) data.set(part.data, i * first.data.length);
  return { shape: [parts.length * (first.shape[0] ?? 1), ...first.shape.slice(1)], data };
}

function mapRecord<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
