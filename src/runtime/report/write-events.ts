/** TensorBoard's folders: one a run, so that it shows runs side by side. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ComparedRun, Comparison } from '../compare/comparison.js';
import { writeWhole } from '../files/index.js';
import { metricsName, readMetrics, type StepMetrics } from '../train/read-metrics.js';
import { encodeEvents } from './tensorboard.js';

/** TensorBoard takes any file with `tfevents` in its name; a fixed one is replaced when written again. */
const fileName = 'events.out.tfevents.0.ebmc';

/**
 * Writes the metrics of every run into `out`: of a single run into `out` itself, of several into COMPETITOR/seed-N.
 *
 * @param folder what the runs' folders are relative to; a run whose folder is gone is written from the comparison's own curve.
 * @returns the files.
 */
export async function writeEvents(comparison: Comparison, folder: string, out: string): Promise<readonly string[]> {
  const runs = comparison.competitors.flatMap(({ name, runs: all }) =>
    all.filter(({ curve }) => curve.length > 0).map((run) => ({ name, run })),
  );
  const files: string[] = [];
  for (const { name, run } of runs) {
    const { lines, end } = await metricsOf(run, folder);
    const place = runs.length === 1 ? out : join(out, fileNameOf(name), `seed-${run.seed}`);
    const path = join(place, fileName);
    const batch = Number(comparison.budget['batch'] ?? 0) || 0;
    const created = Date.parse(comparison.created) / 1000;
    const options = { end: end ?? (Number.isFinite(created) ? created : 0), batch, program: comparison.source };
    writeWhole(path, encodeEvents(lines, options));
    files.push(path);
  }
  return files;
}

async function metricsOf(run: ComparedRun, folder: string): Promise<{ lines: readonly StepMetrics[]; end?: number }> {
  if (run.folder !== undefined) {
    const path = join(folder, run.folder, metricsName);
    const lines = await readMetrics(path);
    if (lines.length > 0) return { lines, end: (await stat(path)).mtimeMs / 1000 };
  }
  return { lines: run.curve.map(lineOf) };
}

function lineOf({ step, loss, terms, spread, effectiveRank }: ComparedRun['curve'][number]): StepMetrics {
  const gauges =
    spread === undefined || effectiveRank === undefined
      ? undefined
      : { spread, effectiveRank, smallestSpread: Number.NaN, dimensions: Number.NaN };
  return { step, loss, terms, gauges, epoch: Number.NaN, rate: Number.NaN, examplesPerSecond: Number.NaN, others: {} };
}

/** Names of competitors may hold anything; names of folders may not. */
function fileNameOf(name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}._=-]+/gu, '_').replaceAll(/^[._]+|_+$/g, '');
  return plain.slice(0, 80) || 'run';
}
