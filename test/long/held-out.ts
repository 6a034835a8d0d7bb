/** Trains a program as `ebmc train` does, then measures its terms on held-out examples, with what it learned and without. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dataset } from '../../src/runtime/data/index.js';
import { evaluate, features } from '../../src/runtime/evaluate/index.js';
import type { Batch, HostTensor, LoadedModel } from '../../src/runtime/model.js';
import { train } from '../../src/runtime/train/index.js';
import { loadNatively, mean } from './load-natively.js';

/** Batches of held-out examples, each under draws of its own: masks, spans. */
const heldOutBatches = 32;

/** Term → its values, one a batch. */
export type Terms = Readonly<Record<string, readonly number[]>>;
type States = Readonly<Record<string, HostTensor>>;

export interface HeldOut {
  readonly trained: Terms;
  /** With the parameters that it began with, and all other states (frozen copies, clusters, the stage) as the training left them. */
  readonly untrained: Terms;
  /** With what was learned, each example changed first. */
  readonly changed: Terms | undefined;
  /** After training. */
  readonly states: States;
  /** Accuracies by what classes the data has. */
  readonly probes: Probes | undefined;
}

/** Accuracies on so many test examples. */
export interface Probes {
  readonly trained: Accuracies;
  readonly untrained: Accuracies;
  readonly examples: number;
}

export type Accuracies = Readonly<Record<'knn' | 'linear', number>>;

export interface HoldOptions {
  /** Of training; those that the program says where absent. */
  readonly steps?: number;
  /** Of a batch: what goes with what, for one. */
  readonly change?: (batch: Batch) => Batch;
  readonly probe?: boolean;
}

export async function trainAndHold(text: string, { steps, change, probe = false }: HoldOptions = {}): Promise<HeldOut> {
  const { model, settings: declared, loaded, dataset, later } = await loadNatively(text);
  const epochs = steps === undefined ? declared.epochs : steps / Math.floor(dataset.size('train') / loaded.batch);
  const settings = { ...declared, epochs };
  await loaded.init(settings.seed);
  const start = await loaded.read();
  await train({
    ...{ model: loaded, settings, dataset, later, programHash: 'held-out', warn: () => {} },
    runFolder: mkdtempSync(join(tmpdir(), 'ebmc-')),
  });
  const end = await loaded.read();
  const isLearned = new Set(loaded.states.filter(({ role }) => role === 'parameter').map(({ name }) => name));
  const before = Object.fromEntries(
    Object.entries(end).map(([name, value]) => [name, isLearned.has(name) ? start[name]! : value]),
  );
  const fields = model.inputs.map(({ name }) => name);
  const batches: Batch[] = [];
  for (let k = 0; k < heldOutBatches; k++) {
    const size = dataset.size('test');
    // A stride that has no factor in common with the sizes goes through all, near ones far apart.
    const indices = Array.from({ length: settings.batch }, (_, i) => ((k * settings.batch + i) * 7919) % size);
    batches.push(await dataset.read('test', indices, fields));
  }
  const found = {
    trained: await measured(loaded, end, batches),
    untrained: await measured(loaded, before, batches),
    changed: change && (await measured(loaded, end, batches.map(change))),
    states: end,
    probes: probe ? await probesOf(loaded, end, dataset, settings.seed) : undefined,
  };
  loaded.dispose();
  return found;
}

/** The mean representation of the examples to learn from, of a program with the states of another that differs in its representation only. */
export async function meanRepresentation(text: string, states: States): Promise<readonly number[]> {
  const { loaded, dataset } = await loadNatively(text);
  await loaded.init(0);
  await loaded.write(states);
  const all = Uint32Array.from({ length: dataset.size('train') }, (_, i) => i);
  const { data, rows, columns } = await features(loaded, dataset, 'train', all);
  loaded.dispose();
  const sums = new Array<number>(columns).fill(0);
  for (const [k, value] of data.entries()) sums[k % columns]! += value / rows;
  return sums;
}

/** In nats; 0 log 0 is 0. */
export function entropy(shares: readonly number[]): number {
  return shares.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

async function probesOf(model: LoadedModel, states: States, dataset: Dataset, seed: number): Promise<Probes> {
  const { rows, testExamples: examples } = await evaluate({
    ...{ model, states, dataset, seed, rows: ['trained', 'untrained'], warn: () => {} },
    settings: { neighbours: 10, labels: [1], measures: ['knn', 'linear'] },
  });
  const of = (wanted: string): Accuracies => {
    const { knn, linear } = rows.find(({ name }) => name === wanted)!;
    return { knn: knn!, linear: linear[0]!.accuracy };
  };
  return { trained: of('trained'), untrained: of('untrained'), examples };
}

/** A step each, with a rate of 0, which learns nothing. */
async function measured(loaded: LoadedModel, states: States, batches: readonly Batch[]): Promise<Terms> {
  const terms = loaded.metrics.flatMap((name) => (name.startsWith('term.') ? [name.slice('term.'.length)] : []));
  const found: Record<string, number[]> = Object.fromEntries(terms.map((term) => [term, []]));
  const last = loaded.plannedSteps - batches.length;
  for (const [k, batch] of batches.entries()) {
    await loaded.write(states);
    loaded.stepNumber = last + k;
    for (const [name, value] of Object.entries(await loaded.step(batch, 0)))
      if (name.startsWith('term.')) found[name.slice('term.'.length)]![k] = value;
  }
  return found;
}

/** How much lower the first are, on the same batches, in standard errors of the mean difference. */
export function lowerBy(
  these: readonly number[],
  those: readonly number[],
): { readonly mean: number; readonly errors: number } {
  const gaps = these.map((value, k) => those[k]! - value);
  const center = mean(gaps);
  const spread = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - center) ** 2, 0) / (gaps.length - 1));
  return { mean: center, errors: center / (spread / Math.sqrt(gaps.length)) };
}
