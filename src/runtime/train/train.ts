/** Trains a model: steps over shuffled batches, with checkpoints, metrics, gauges, and an orderly end whatever happens. */

import { join } from 'node:path';
import { EbmcError, report } from '../../diagnostics/index.js';
import { loadCheckpoint, lockFolder, readManifest, requireSameStates } from '../checkpoint/index.js';
import { batches, stepsPerEpoch, warnOfDamage } from '../data/index.js';
import { MetricsLog } from './metrics-log.js';
import type { RunResult, TrainOptions } from './options.js';
import { metricsName } from './read-metrics.js';
import { compareWithCheckpoint, requireInputs, requireOneBatch, requireSplit } from './requirements.js';
import { traced } from './trace.js';
import { type Plan, TrainingRun } from './training-run.js';

export async function train(options: TrainOptions): Promise<RunResult> {
  const { model, dataset, settings, runFolder } = options;
  const split = requireSplit(dataset, settings.split ?? 'train');
  requireInputs(model, dataset);
  requireOneBatch(dataset, split, model.batch);
  const perEpoch = stepsPerEpoch(dataset.size(split), model.batch);
  const plan: Plan = { split, stepsPerEpoch: perEpoch, steps: Math.round(settings.epochs * perEpoch) };
  const unlock = lockFolder(runFolder);
  try {
    const firstStep = await prepareModel(options, plan);
    const log = await MetricsLog.open(join(runFolder, metricsName), firstStep);
    const run = new TrainingRun(options, plan, log, firstStep);
    try {
      return await runSteps(run, options, plan, firstStep);
    } finally {
      await log.close();
    }
  } finally {
    unlock();
  }
}

/** Initial or saved states; returns the number of steps already taken. */
async function prepareModel(options: TrainOptions, { split, steps }: Plan): Promise<number> {
  const { model, settings, runFolder, dataset } = options;
  model.plannedSteps = steps;
  if (!options.resume) {
    if (!options.overwrite) {
      const existing = await readManifest(runFolder);
      if (existing) throw new EbmcError([report('EBM5011', { path: runFolder, step: existing.step })]);
    }
    await model.init(settings.seed);
    return 0;
  }
  const checkpoint = await loadCheckpoint(runFolder);
  requireSameStates(checkpoint, model.states);
  const now = { settings, program: options.programHash, batch: model.batch, dataset, split };
  const changes = compareWithCheckpoint(checkpoint.manifest, now);
  if (changes) options.warn(changes);
  await model.init(settings.seed);
  await model.write(checkpoint.states);
  model.stepNumber = checkpoint.manifest.step;
  return checkpoint.manifest.step;
}

async function runSteps(run: TrainingRun, options: TrainOptions, plan: Plan, firstStep: number): Promise<RunResult> {
  const { model, dataset, settings, signal } = options;
  const { split, steps } = plan;
  const started = performance.now();
  const result = (status: RunResult['status'], step: number): RunResult => {
    const seconds = (performance.now() - started) / 1000;
    return { status, step, steps, loss: run.loss, gauges: run.gauges, seconds, runFolder: options.runFolder };
  };
  const fields = model.inputs.map(({ name }) => name);
  const order = { split, batch: model.batch, seed: settings.seed, firstStep, steps, fields };
  const reading = batches(dataset, order);
  if (firstStep === 0) {
    // Before any work is at stake: shows whether the folder can be written.
    await run.save(0);
    await run.measure(0);
  }
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
  warnOfDamage(dataset, options.warn);
  if (taken >= steps) return result('finished', taken);
  const resume = options.resumeCommand ?? '--resume';
  options.warn(report('EBM5003', { step: taken, steps, resume }));
  return result('interrupted', taken);
}
