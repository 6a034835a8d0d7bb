/**
 * What happens between two steps where an epoch or a stage begins: frozen copies are renewed, a stage starts with a fresh optimizer, `before epoch` is run.
 * All of it follows from the states and the step's number, so that a run that goes on from a checkpoint does it again in the same way.
 */
import { type Dataset, orderOf, type SplitName } from '../data/index.js';
import type { Batch, EpochBeginning, HostTensor, LoadedModel } from '../model.js';
import { beginsEpoch, type Plan, placeOf, type Stage } from './plan.js';

/** Numbers of steps are far below: what is gathered draws other numbers than steps do. */
const beyondSteps = 2 ** 40;

/** Whether there is anything to do before the step after `step` others. */
export function beginsPeriods(model: LoadedModel, plan: Plan, step: number): boolean {
  const hasPeriods = plan.stages.length > 1 || model.epoch !== undefined || model.states.some(({ renewed }) => renewed);
  return hasPeriods && beginsEpoch(placeOf(plan, step), step);
}

/** Before the step after `step` others. */
export async function beginPeriods(model: LoadedModel, plan: Plan, seed: number, step: number): Promise<void> {
  const place = placeOf(plan, step);
  const { number, stage } = place;
  if (!beginsPeriods(model, plan, step)) return;
  const beginsStage = number > 0 && step === stage.firstStep;
  await renewStates(model, beginsStage ? number : undefined);
  if (model.epoch) await beginEpoch(model, model.epoch, stage, seed, step);
}

/** @param stageNumber of the stage that begins, if one does. */
async function renewStates(model: LoadedModel, stageNumber: number | undefined): Promise<void> {
  const begins = (period: 'epoch' | 'stage') => period === 'epoch' || stageNumber !== undefined;
  const isRenewed = model.states.some(({ renewed }) => renewed && begins(renewed.of));
  if (!isRenewed && stageNumber === undefined) return;
  const states = await model.read();
  const next: Record<string, HostTensor> = {};
  for (const { name, role, renewed, type, start = 0 } of model.states) {
    if (renewed && begins(renewed.of)) next[name] = states[renewed.source]!;
    if (stageNumber === undefined) continue;
    const shape = type.shape.map(Number);
    if (role === 'stage') next[name] = { shape, data: Float32Array.of(stageNumber) };
    if (role === 'optimizer') next[name] = { shape, data: filled(states[name]!.data, start) };
  }
  await model.write(next);
}

function filled(data: HostTensor['data'], start: number): HostTensor['data'] {
  return data instanceof Float32Array
    ? new Float32Array(data.length).fill(start)
    : new Int32Array(data.length).fill(start);
}

async function beginEpoch(
  model: LoadedModel,
  epoch: EpochBeginning,
  { dataset, split }: Stage,
  seed: number,
  step: number,
): Promise<void> {
  const counts = Object.values(epoch.wanted);
  // "Epochs" below −1, which are none of training and not the gauges'.
  const order = counts.length > 0 ? orderOf(dataset, split, seed, -2 - step) : new Uint32Array();
  const rows = order.subarray(0, Math.max(0, ...counts));
  const { stepNumber } = model;
  const parts: Readonly<Record<string, HostTensor>>[] = [];
  for await (const batch of wholeBatches(model, dataset, split, rows)) {
    model.stepNumber = beyondSteps * (parts.length + 1) + step;
    parts.push(await epoch.gather(batch));
  }
  model.stepNumber = stepNumber;
  const values = Object.entries(epoch.wanted).map(([name, count]) => [name, firstRows(parts, name, count)] as const);
  await epoch.begin(Object.fromEntries(values));
}

/** The rows in batches, the last one filled up with its first example, each read while the one before is used. */
async function* wholeBatches(
  model: LoadedModel,
  dataset: Dataset,
  split: SplitName,
  rows: Uint32Array,
): AsyncGenerator<Batch> {
  const names = model.inputs.map(({ name }) => name);
  const read = (start: number): Promise<Batch> => {
    const indices = Uint32Array.from({ length: model.batch }, (_, i) => rows[start + i] ?? rows[start]!);
    const reading = dataset.read(split, indices, names);
    // Where something fails before it is asked for, nobody asks.
    reading.catch(() => {});
    return reading;
  };
  let coming = rows.length > 0 ? read(0) : undefined;
  for (let start = 0; start < rows.length; start += model.batch) {
    const batch = await coming!;
    if (start + model.batch < rows.length) coming = read(start + model.batch);
    yield batch;
  }
}

function firstRows(parts: readonly Readonly<Record<string, HostTensor>>[], name: string, count: number): HostTensor {
  const [first] = parts;
  const [, ...own] = first![name]!.shape;
  const size = own.reduce((product, side) => product * side, 1);
  const source = first![name]!.data;
  const data = source instanceof Float32Array ? new Float32Array(count * size) : new Int32Array(count * size);
  let at = 0;
  for (const part of parts) {
    const rows = part[name]!.data.subarray(0, Math.min(part[name]!.data.length, data.length - at));
    data.set(rows, at);
    at += rows.length;
  }
  return { shape: [count, ...own], data };
}
