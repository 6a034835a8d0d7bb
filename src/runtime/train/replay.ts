/** Finds the operation that broke a step: goes back to the checkpoint, repeats the steps up to it, and asks the target. */
import { loadCheckpoint } from '../checkpoint/index.js';
import { beginPeriods } from './begin-periods.js';
import type { TrainOptions } from './options.js';
import { type Plan, plannedBatches } from './plan.js';

/** Steps are reproducible, so that the repeated ones end in the states before step `failed` (counted from 0). */
export async function findFirstNonFinite(
  { model, settings, runFolder }: TrainOptions,
  plan: Plan,
  failed: number,
  savedStep: number | undefined,
  rateAt: (step: number) => number,
): Promise<string | undefined> {
  if (!model.explainNonFinite || savedStep === undefined) return undefined;
  try {
    await model.write((await loadCheckpoint(runFolder)).states);
    model.stepNumber = savedStep;
    const fields = model.inputs.map(({ name }) => name);
    const order = { batch: model.batch, seed: settings.seed, firstStep: savedStep, steps: failed + 1, fields };
    for await (const { step, data } of plannedBatches(plan, order)) {
      await beginPeriods(model, plan, settings.seed, step);
      if (step === failed) return await model.explainNonFinite(data, rateAt(step));
      await model.step(data, rateAt(step));
    }
  } catch {
    // The search is a help, not the error to report.
  }
  return undefined;
}
