/** Trains a model: steps over shuffled batches, with checkpoints, metrics, gauges, and an orderly end whatever happens. */

import { join } from 'node:path';
import { EbmcError, report } from '../../diagnostics/index.js';
import { loadCheckpoint, lockFolder, type Manifest, readManifest, requireSameStates } from '../checkpoint/index.js';
import { warnOfDamage } from '../data/index.js';
import { MetricsLog } from './metrics-log.js';
import type { RunResult, TrainOptions } from './options.js';
import { type Plan, plannedBatches, planOf } from './plan.js';
import { metricsName } from './read-metrics.js';
import {
  compareWithCheckpoint,
  requireExamples,
  requireInputs,
  requireOneBatch,
  requireSplit,
} from './requirements.js';
import { traced } from './trace.js';
import { TrainingRun } from './training-run.js';

export async function train(options: TrainOptions): Promise<RunResult> {
  const { model, dataset, later = [], settings, runFolder } = options;
  const data = [dataset, ...later].map((one, k) => {
    const split = requireSplit(one, (k === 0 ? settings.split : settings.later[k - 1]?.split) ?? 'train');
    requireInputs(model, one);
    requireOneBatch(one, split, model.batch);
    requireExamples(one, split, model);
    return { dataset: one, split };
  });
  const plan = planOf(data, settings, model.batch);
  const unlock = lockFolder(runFolder);
  try {
    const saved = await prepareModel(options, plan);
    const firstStep = saved?.step ?? 0;
    const log = await MetricsLog.open(join(runFolder, metricsName), firstStep);
    const run = new TrainingRun(options, plan, log, saved);
    try {
      return await runSteps(run, options, plan, firstStep);
    } finally {
      await log.close();
    }
  } finally {
    unlock();
  }
}

/** Initial or saved states; returns what the run goes on from. */
async function prepareModel(options: TrainOptions, { stages, steps }: Plan): Promise<Manifest | undefined> {
  const { model, settings, runFolder } = options;
  model.plannedSteps = steps;
  if (!options.resume) {
    if (!options.overwrite) {
      const existing = await readManifest(runFolder);
      if (existing) throw new EbmcError([report('EBM5011', { path: runFolder, step: existing.step })]);
    }
    await model.init(settings.seed);
    return undefined;
  }
  const checkpoint = await loadCheckpoint(runFolder);
  requireSameStates(checkpoint, model.states);
  const now = { settings, program: options.programHash, batch: model.batch, stages };
  const changes = compareWithCheckpoint(checkpoint.manifest, now);
  if (changes) options.warn(changes);
  await model.init(settings.seed);
  await model.write(checkpoint.states);
  model.stepNumber = checkpoint.manifest.step;
  return checkpoint.manifest;
}

async function runSteps(run: TrainingRun, options: TrainOptions, plan: Plan, firstStep: number): Promise<RunResult> {
  const { model, dataset, later = [], settings, signal } = options;
  const { steps } = plan;
  const started = performance.now();
  const result = (status: RunResult['status'], step: number): RunResult => {
    const seconds = (performance.now() - started) / 1000;
    return { status, step, steps, loss: run.loss, gauges: run.gauges, seconds, runFolder: options.runFolder };
  };
  const fields = model.inputs.map(({ name }) => name);
  const reading = plannedBatches(plan, { batch: model.batch, seed: settings.seed, firstStep, steps, fields });
  if (firstStep === 0) {
    // Before any work is at stake: shows whether the folder can be written.
    await run.save(0);
    await run.measure(0);
  }
  if (model.isYetToCompile) options.say?.('compiling the step for the GPU, which takes up to half a minute');
  let taken = firstStep;
  for (;;) {
    const { value: batch } = await traced(options.trace, 'data', `batch ${taken + 1}`, () => reading.next());
    if (!batch || signal?.aborted) break;
    await run.step(batch);
    taken = batch.step + 1;
    // Lets a Ctrl-C in: a backend may never give the event loop a turn.
    await new Promise((resume) => setImmediate(resume));
  }
  await run.save(taken);
  for (const one of [dataset, ...later]) warnOfDamage(one, options.warn);
  if (taken >= steps) return result('finished', taken);
  const resume = options.resumeCommand ?? '--resume';
  options.warn(report('EBM5003', { step: taken, steps, resume }));
  return result('interrupted', taken);
}
