/** A budget as passes over the data, decided once for a run and kept in its folder. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompareDecl } from '../../compiler/declarations.js';
import { batches, type Dataset, stepsPerEpoch } from '../data/index.js';
import { writeWhole } from '../files/index.js';
import type { LoadedModel } from '../model.js';

export interface Measured {
  readonly model: LoadedModel;
  /** What it trains on, stage by stage. */
  readonly stages: readonly [Dataset, ...Dataset[]];
  readonly seed: number;
  /** Of a trial step. */
  readonly rate: number;
  /** Floating point operations of a step. */
  readonly stepFlops: number;
}

const budgetName = 'budget.json';
/** The first steps compile kernels and fill caches; the fastest of the others is least disturbed by other programs. */
const warmups = 2;
const timed = 5;

export async function plannedEpochs(folder: string, budget: CompareDecl['budget'], run: Measured): Promise<number> {
  const path = join(folder, budgetName);
  if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { epochs: number }).epochs;
  const epochs = await epochsOf(budget, run);
  writeWhole(path, `${JSON.stringify({ ...budget, epochs })}\n`);
  return epochs;
}

/** Steps of a pass over the data of every stage. */
export function stepsOfEpoch(stages: readonly Dataset[], batch: number): number {
  return stages.reduce((sum, dataset) => sum + stepsPerEpoch(dataset.size('train'), batch), 0);
}

async function epochsOf({ unit, amount }: CompareDecl['budget'], run: Measured): Promise<number> {
  const perEpoch = Math.max(1, stepsOfEpoch(run.stages, run.model.batch));
  const inSteps = (steps: number): number => Math.max(1, Math.round(steps)) / perEpoch;
  switch (unit) {
    case 'epochs':
      return amount;
    case 'examples':
      return inSteps(amount / run.model.batch);
    case 'flops':
      return inSteps(amount / run.stepFlops);
    case 'seconds':
      return inSteps(amount / (await secondsOfStep(run)));
    default:
      return unit satisfies never;
  }
}

async function secondsOfStep({ model, stages, seed, rate }: Measured): Promise<number> {
  await model.init(seed);
  const steps = warmups + timed;
  const order = { split: 'train', batch: model.batch, seed, firstStep: 0, steps } as const;
  let fastest = Number.POSITIVE_INFINITY;
  for await (const { step, data } of batches(stages[0], { ...order, fields: model.inputs.map(({ name }) => name) })) {
    const started = performance.now();
    await model.step(data, rate);
    if (step >= warmups) fastest = Math.min(fastest, (performance.now() - started) / 1000);
  }
  return fastest;
}
