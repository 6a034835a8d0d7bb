/** Loads what the TensorFlow target emits: a step is one call of a native session, in which the states live. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Program } from '../../compiler/graph/types.js';
import { spellOutProgram } from '../../compiler/index.js';
import type { TensorflowOutput } from '../../compiler/targets/tensorflow/emit.js';
import { drawInputs, servingTag } from '../../compiler/targets/tensorflow/signatures.js';
import type { Batch, HostTensor, LoadedModel } from '../model.js';
import { fieldsOf } from './fields.js';
import { toHost, toTensor } from './host-tensors.js';
import type { LoadedSignature, TfjsNode } from './load-native.js';
import { loadTfjsModel } from './load-tfjs.js';

export interface LoadOptions {
  /** An empty folder of the model's own: sessions are shared by folder. */
  readonly directory: string;
}

type Tensors = Readonly<Record<string, tf.Tensor>>;

export async function loadSavedModel(
  program: Program,
  { files, manifest }: TensorflowOutput,
  api: TfjsNode,
  options: LoadOptions,
): Promise<LoadedModel> {
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(options.directory, name), bytes);
  const signatures = new Map<string, LoadedSignature>();
  for (const name of Object.keys(manifest.signatures))
    signatures.set(name, await api.node.loadSavedModel(options.directory, [servingTag], name));
  let seed = 0;
  let stepNumber = 0;

  /** Calls a signature with what it takes of `given`, the seed and the step; the caller disposes what comes back. */
  const call = (name: string, given: Tensors): Tensors => {
    const all: Tensors = {
      ...given,
      [drawInputs.seed]: tf.scalar(seed | 0, 'int32'),
      [drawInputs.step]: stepWords(stepNumber),
    };
    try {
      const taken = manifest.signatures[name]?.inputs.map((input) => [input, all[input] as tf.Tensor] as const);
      return (signatures.get(name) as LoadedSignature).predict(Object.fromEntries(taken ?? []));
    } finally {
      tf.dispose(Object.values(all));
    }
  };
  const represent = async (name: string, batch: Batch): Promise<HostTensor> => {
    const results = Object.values(call(name, toTensors(batch)));
    const host = await toHost(results[0] as tf.Tensor);
    tf.dispose(results);
    return host;
  };
  const read = async (): Promise<Record<string, HostTensor>> => {
    if (program.states.length === 0) return {};
    const tensors = call('read', {});
    const entries = await Promise.all(
      Object.entries(tensors).map(async ([name, tensor]) => [name, await toHost(tensor)] as const),
    );
    tf.dispose(Object.values(tensors));
    return Object.fromEntries(entries);
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
    async init(newSeed) {
      seed = newSeed;
      stepNumber = 0;
      tf.dispose(Object.values(call('init', {})));
    },
    async step(batch, rate) {
      const results = call('step', { ...toTensors(batch), rate: tf.scalar(rate) });
      stepNumber += 1;
      const metrics = Object.fromEntries(
        Object.entries(results).map(([name, scalar]) => [name, scalar.dataSync()[0] ?? Number.NaN]),
      );
      tf.dispose(Object.values(results));
      return metrics;
    },
    represent: (batch) => represent('represent', batch),
    ...(program.representViews ? { representViews: (batch: Batch) => represent('represent_views', batch) } : {}),
    read,
    async write(states) {
      const missing = program.states.some(({ name }) => states[name] === undefined);
      const all = missing ? { ...(await read()), ...states } : states;
      tf.dispose(Object.values(call('write', toTensors(all))));
    },
    async explainNonFinite(batch, rate) {
      // The session has no place to look between two operations: the tfjs target repeats the step, operation by operation.
      const { emitTfjs } = await import('../../compiler/targets/tfjs/emit.js');
      const plain = spellOutProgram(program);
      const twin = await loadTfjsModel(plain, emitTfjs(plain).files, options);
      try {
        await twin.init(seed);
        await twin.write(await read());
        twin.stepNumber = stepNumber;
        return await twin.explainNonFinite?.(batch, rate);
      } finally {
        twin.dispose();
      }
    },
    dispose() {
      for (const signature of signatures.values()) signature.dispose();
    },
  };
}

/** The step's number as two words of 32 bits, the low one first. */
function stepWords(step: number): tf.Tensor {
  return tf.tensor1d(Int32Array.of(step | 0, Math.floor(step / 2 ** 32)), 'int32');
}

function toTensors(batch: Batch): Tensors {
  return Object.fromEntries(Object.entries(batch).map(([name, host]) => [name, toTensor(host)]));
}
