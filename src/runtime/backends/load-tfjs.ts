/** Loads what the tfjs target emits, on the backend that is selected. */
import * as tf from '@tensorflow/tfjs-core';
import type { Program } from '../../compiler/graph/types.js';
import type { Batch, HostTensor, LoadedModel } from '../model.js';
import { fieldsOf, wantedBy } from './fields.js';
import { toHost, toTensor } from './host-tensors.js';
import { type Generated, importGenerated, type Tensors } from './import-generated.js';
import { timeKernels } from './time-kernels.js';

export interface LoadOptions {
  /** Where the transpiled module is written; may be anywhere. */
  readonly directory: string;
}

export async function loadTfjsModel(
  program: Program,
  files: Readonly<Record<string, string>>,
  options: LoadOptions,
): Promise<LoadedModel> {
  const generated = await importGenerated(files, options.directory);
  const stateNames = program.states.map((state) => state.name);
  let seed = 0;

  const model: LoadedModel = {
    batch: program.batch,
    inputs: fieldsOf(program),
    states: program.states,
    metrics: Object.keys(program.step.outputs),
    get stepNumber() {
      return generated.stepNumber;
    },
    set stepNumber(value) {
      generated.stepNumber = value;
    },
    get plannedSteps() {
      return generated.plannedSteps ?? 1;
    },
    set plannedSteps(value) {
      generated.plannedSteps = value;
    },
    async init(newSeed) {
      seed = newSeed;
      generated.init(newSeed);
    },
    async step(batch, rate) {
      const tensors = toTensors(batch);
      const scalars = generated.step(tensors, rate);
      tf.dispose(Object.values(tensors));
      return readScalars(scalars);
    },
    epoch: program.epoch && {
      wanted: wantedBy(program.epoch),
      async gather(batch) {
        const tensors = toTensors(batch);
        const values = generated.gather!(tensors);
        tf.dispose(Object.values(tensors));
        const entries = Object.entries(values).map(async ([name, value]) => [name, await toHost(value)] as const);
        const read = Object.fromEntries(await Promise.all(entries));
        tf.dispose(Object.values(values));
        return read;
      },
      async begin(values) {
        const tensors = toTensors(values);
        generated.beginEpoch!(tensors);
        tf.dispose(Object.values(tensors));
      },
    },
    represent: (batch) => represented((tensors) => generated.represent(tensors), batch),
    ...(program.representViews
      ? { representViews: (batch: Batch) => represented((tensors) => generated.representViews!(tensors), batch) }
      : {}),
    ...(program.pairEnergies
      ? { pairEnergies: (batch: Batch) => represented((tensors) => generated.pairEnergies!(tensors), batch) }
      : {}),
    async read() {
      const states = generated.states();
      const entries = stateNames.map(async (name) => [name, await toHost(states[name] as tf.Tensor)] as const);
      return Object.fromEntries(await Promise.all(entries));
    },
    async write(states) {
      for (const [name, host] of Object.entries(states)) {
        // A copy: the cpu backend computes on the very array it is given.
        const tensor = toTensor({ shape: host.shape, data: host.data.slice() });
        generated.setState(name, tensor);
        tensor.dispose();
      }
    },
    async explainNonFinite(batch, rate) {
      const { emitTfjs } = await import('../../compiler/targets/tfjs/emit.js');
      const checked = await importGenerated(emitTfjs(program, { checks: true }).files, options.directory);
      const { stepNumber, plannedSteps = 1 } = generated;
      const start = { states: generated.states(), stepNumber, plannedSteps };
      const broken = await findNonFiniteState(start.states);
      if (broken !== undefined) return `the state ${broken}, not finite before this step`;
      return repeatChecked(checked, start, seed, toTensors(batch), rate);
    },
    async costs(batch, rate) {
      const { stepNumber } = generated;
      const states = await model.read();
      // The first call of a kernel may compile it.
      await model.step(batch, rate);
      const costs = await timeKernels(() => model.step(batch, rate));
      await model.write(states);
      generated.stepNumber = stepNumber;
      return costs;
    },
    dispose: () => generated.dispose(),
  };
  return model;
}

async function represented(represent: (tensors: Tensors) => tf.Tensor, batch: Batch): Promise<HostTensor> {
  const tensors = toTensors(batch);
  const representation = represent(tensors);
  tf.dispose(Object.values(tensors));
  const result = await toHost(representation);
  representation.dispose();
  return result;
}

/** Runs one step of a checked module and disposes everything that it leaves. */
function repeatChecked(
  checked: Generated,
  start: { readonly states: Tensors; readonly stepNumber: number; readonly plannedSteps: number },
  seed: number,
  batch: Tensors,
  rate: number,
): string | undefined {
  tf.engine().startScope('explainNonFinite');
  try {
    checked.init(seed);
    for (const [name, value] of Object.entries(start.states)) checked.setState(name, value);
    checked.stepNumber = start.stepNumber;
    checked.plannedSteps = start.plannedSteps;
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

async function readScalars(scalars: Tensors): Promise<Record<string, number>> {
  const entries = Object.entries(scalars);
  const values = await Promise.all(entries.map(([, scalar]) => scalar.data()));
  tf.dispose(entries.map(([, scalar]) => scalar));
  return Object.fromEntries(entries.map(([name], i) => [name, values[i]?.[0] ?? Number.NaN]));
}

function toTensors(batch: Batch): Tensors {
  return mapRecord(batch, toTensor);
}

function mapRecord<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
