/** Loads what the tfjs target emits, on the backend that is selected. */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { Program } from '../../compiler/graph/types.js';
import type { Batch, HostTensor, LoadedModel } from '../model.js';

export interface LoadOptions {
  /** Where the transpiled module is written; may be anywhere. */
  readonly directory: string;
}

/** A loaded tfjs module can also say where a number that is not finite came from. */
export interface TfjsModel extends LoadedModel {
  /**
   * Repeats a step, with a check after every operation, from the states before the last step if that one's metrics were not
   * finite, else from the present ones. Returns a sentence that names the first operation to go wrong; undefined if none does.
   */
  explainNonFinite(batch: Batch, rate: number): Promise<string | undefined>;
}

/** The class of a generated module, as far as it is the same for every model. */
interface Generated {
  stepNumber: number;
  init(seed: number): void;
  step(batch: Tensors, rate: number): Readonly<Record<string, tf.Tensor>>;
  represent(batch: Tensors): tf.Tensor;
  states(): Tensors;
  setState(name: string, value: tf.Tensor): void;
  dispose(): void;
}

type Tensors = Readonly<Record<string, tf.Tensor>>;

export async function loadTfjsModel(
  program: Program,
  files: Readonly<Record<string, string>>,
  options: LoadOptions,
): Promise<TfjsModel> {
  const generated = await instantiate(files, options.directory);
  const inputs = program.step.inputs
    .map((node) => ({
      name: String(node.attrs['name']),
      shape: node.type.shape.map(Number),
      dtype: node.type.dtype === 'int32' ? ('int32' as const) : ('float32' as const),
    }))
    .filter((input) => input.name !== 'rate');
  const stateNames = program.states.map((state) => state.name);
  let seed = 0;
  /** The states before a step whose metrics were not finite, with that step's number. */
  let beforeFailure: { readonly states: Tensors; readonly stepNumber: number } | undefined;

  const forgetFailure = (): void => {
    if (beforeFailure !== undefined) tf.dispose(Object.values(beforeFailure.states));
    beforeFailure = undefined;
  };
  const cloneStates = (): Tensors => mapRecord(generated.states(), (tensor) => tf.clone(tensor));

  return {
    batch: program.batch,
    inputs,
    states: program.states,
    metrics: Object.keys(program.step.outputs),
    get stepNumber() {
      return generated.stepNumber;
    },
    set stepNumber(value) {
      generated.stepNumber = value;
    },
    async init(newSeed) {
      seed = newSeed;
      forgetFailure();
      generated.init(newSeed);
    },
    async step(batch, rate) {
      forgetFailure();
      // Clones share their data with the states, which a step holds to its end anyway.
      const before = { states: cloneStates(), stepNumber: generated.stepNumber };
      const tensors = toTensors(batch);
      const scalars = generated.step(tensors, rate);
      tf.dispose(Object.values(tensors));
      const metrics = await readScalars(scalars);
      if (Object.values(metrics).every(Number.isFinite)) tf.dispose(Object.values(before.states));
      else beforeFailure = before;
      return metrics;
    },
    async represent(batch) {
      const tensors = toTensors(batch);
      const representation = generated.represent(tensors);
      tf.dispose(Object.values(tensors));
      const result = await toHost(representation);
      representation.dispose();
      return result;
    },
    async read() {
      const states = generated.states();
      const entries = stateNames.map(async (name) => [name, await toHost(states[name] as tf.Tensor)] as const);
      return Object.fromEntries(await Promise.all(entries));
    },
    async write(states) {
      forgetFailure();
      for (const [name, host] of Object.entries(states)) {
        // A copy: the cpu backend computes on the very array it is given.
        const tensor = toTensor({ shape: host.shape, data: host.data.slice() });
        generated.setState(name, tensor);
        tensor.dispose();
      }
    },
    async explainNonFinite(batch, rate) {
      const { emitTfjs } = await import('../../compiler/targets/tfjs/emit.js');
      const checked = await instantiate(emitTfjs(program, { checks: true }).files, options.directory);
      const start = beforeFailure ?? { states: generated.states(), stepNumber: generated.stepNumber };
      const broken = await findNonFiniteState(start.states);
      if (broken !== undefined) return `${broken} was not finite before the step: an earlier update of it went wrong`;
      return repeatChecked(checked, start, seed, toTensors(batch), rate);
    },
    dispose() {
      forgetFailure();
      generated.dispose();
    },
  };
}

/** Runs one step of a checked module and disposes everything that it leaves. */
function repeatChecked(
  checked: Generated,
  start: { readonly states: Tensors; readonly stepNumber: number },
  seed: number,
  batch: Tensors,
  rate: number,
): string | undefined {
  tf.engine().startScope('explainNonFinite');
  try {
    checked.init(seed);
    for (const [name, value] of Object.entries(start.states)) checked.setState(name, value);
    checked.stepNumber = start.stepNumber;
    tf.dispose(Object.values(checked.step(batch, rate)));
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFinite') return error.message;
    throw error;
  } finally {
    tf.dispose(Object.values(batch));
    checked.dispose();
    tf.engine().endScope();
  }
}

async function findNonFiniteState(states: Tensors): Promise<string | undefined> {
  for (const [name, tensor] of Object.entries(states)) {
    if (!(await tensor.data()).every((value: number) => Number.isFinite(value))) return name;
  }
  return undefined;
}

/** Transpiles the module into `directory`, imports it, and makes an instance of its class. */
async function instantiate(files: Readonly<Record<string, string>>, directory: string): Promise<Generated> {
  const { ts } = await import('ts-morph');
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12);
  const tfjs = pathToFileURL(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core')).href;
  const moduleName = (file: string): string => file.replace(/\.[jt]s$/, `-${hash}.mjs`);
  await mkdir(directory, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    // The module may lie where `@tensorflow/tfjs-core` cannot be found: its imports name files.
    const linked = outputText
      .replaceAll("from '@tensorflow/tfjs-core'", `from '${tfjs}'`)
      .replaceAll(/from '\.\/(\w+\.js)'/g, (_, target: string) => `from './${moduleName(target)}'`);
    await writeFile(join(directory, moduleName(file)), linked);
  }
  const url = pathToFileURL(join(directory, moduleName('model.ts'))).href;
  const module = (await import(/* @vite-ignore */ url)) as Readonly<Record<string, unknown>>;
  const Model = Object.values(module).find((value) => typeof value === 'function') as new () => Generated;
  return new Model();
}

async function readScalars(scalars: Tensors): Promise<Record<string, number>> {
  const entries = Object.entries(scalars);
  const values = await Promise.all(entries.map(([, scalar]) => scalar.data()));
  tf.dispose(entries.map(([, scalar]) => scalar));
  return Object.fromEntries(entries.map(([name], i) => [name, values[i]?.[0] ?? Number.NaN]));
}

function toTensors(batch: Batch): Tensors {
  return mapRecord(batch, toTensor);
}

function toTensor({ data, shape }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
}

async function toHost(tensor: tf.Tensor): Promise<HostTensor> {
  const data = await tensor.data();
  return { shape: tensor.shape, data: data instanceof Uint8Array ? Int32Array.from(data) : data };
}

function mapRecord<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
