/** What `--profile` found: where the time of a run went, and what a step costs. */
import { join } from 'node:path';
import type { TrainDecl } from '../compiler/declarations.js';
import type { Dataset } from '../runtime/data/index.js';
import type { KernelCost, LoadedModel } from '../runtime/model.js';
import type { Trace } from '../runtime/train/index.js';
import type { Output } from './output.js';
import { formatSeconds } from './progress.js';
import { formatTable } from './table.js';

export const traceName = 'trace.json';

export interface Profile {
  /** Seconds of a run by what it did. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly costliest: readonly KernelCost[];
}

/** Writes the trace into the run's folder and prints where the time went. */
export async function printProfile(
  trace: Trace,
  folder: string,
  model: LoadedModel,
  dataset: Dataset,
  settings: TrainDecl,
  output: Output,
): Promise<Profile> {
  const path = join(folder, traceName);
  trace.write(path);
  const totals = Object.entries(trace.totals());
  const whole = totals.reduce((sum, [, time]) => sum + time, 0);
  const share = (time: number): string => `${((100 * time) / whole).toFixed(1)} %`;
  output.line();
  output.line(
    `Where ${formatSeconds(whole / 1000)} went; ${output.paint.bold(path)} opens in chrome://tracing or ui.perfetto.dev`,
  );
  output.line();
  const waited = totals.map(([track, time]) => [
    meanings[track] ?? track,
    `${(time / 1000).toFixed(2)} s`,
    share(time),
  ]);
  output.line(formatTable(output, ['', 'time', 'share'], waited));
  const costs = await stepCosts(model, dataset, settings);
  const all = costs.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  if (costs.length > 0) {
    output.line();
    output.line('The costliest operations of a step, taken one by one by tfjs on the same backend:');
    output.line();
    const rows = costs
      .slice(0, 10)
      .map(({ kernel, calls, milliseconds }) => [
        kernel,
        String(calls),
        `${milliseconds.toFixed(1)} ms`,
        `${((100 * milliseconds) / all).toFixed(1)} %`,
      ]);
    output.line(formatTable(output, ['operation', 'calls', 'time', 'share'], rows));
  }
  const seconds = Object.fromEntries(totals.map(([track, time]) => [track, time / 1000]));
  return { seconds, costliest: costs.slice(0, 10) };
}

const meanings: Readonly<Record<string, string>> = {
  data: 'waiting for data',
  step: 'steps',
  gauges: 'gauges',
  checkpoint: 'checkpoints',
  evaluation: 'evaluation',
  other: 'between them',
};

async function stepCosts(model: LoadedModel, dataset: Dataset, settings: TrainDecl): Promise<readonly KernelCost[]> {
  // With micro-batches a whole step, which this would take, is what there is no memory for.
  if (!model.costs || settings.microBatch !== undefined) return [];
  const indices = Uint32Array.from({ length: model.batch }, (_, i) => i);
  const fields = model.inputs.map(({ name }) => name);
  const split = (settings.split ?? 'train') as Parameters<Dataset['read']>[0];
  return model.costs(await dataset.read(split, indices, fields), settings.optimizer.settings['rate'] ?? 0);
}
