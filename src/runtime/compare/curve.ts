/** A run's log as a curve and as what it cost. */
import { join } from 'node:path';
import { mean } from '../evaluate/hits.js';
import { metricsName, readMetrics, type StepMetrics } from '../train/read-metrics.js';
import type { CurvePoint } from './comparison.js';

const mostPoints = 200;

export interface RunLog {
  readonly curve: readonly CurvePoint[];
  /** Seconds of its steps, those before an interruption too. */
  readonly seconds: number;
}

export async function readLog(folder: string, batch: number): Promise<RunLog> {
  const lines = await readMetrics(join(folder, metricsName));
  const speeds = lines.map(({ examplesPerSecond }) => examplesPerSecond).filter((speed) => speed > 0);
  const typical = speeds.length > 0 ? batch / median(speeds) : 0;
  const seconds = lines.reduce((sum, { examplesPerSecond: s }) => sum + (s > 0 ? batch / s : typical), 0);
  return { curve: thin(lines), seconds };
}

/** Each point is the mean of the steps it stands for; gauges are the last ones measured among them. */
function thin(lines: readonly StepMetrics[]): CurvePoint[] {
  const size = Math.max(1, Math.ceil(lines.length / mostPoints));
  const points: CurvePoint[] = [];
  for (let from = 0; from < lines.length; from += size) {
    const group = lines.slice(from, from + size);
    const meanOf = (of: (line: StepMetrics) => number): number => mean(group.map(of));
    const names = Object.keys(group[0]!.terms);
    const gauges = group.findLast((line) => line.gauges)?.gauges;
    points.push({
      step: group.at(-1)!.step,
      loss: meanOf(({ loss }) => loss),
      terms: Object.fromEntries(names.map((name) => [name, meanOf(({ terms }) => terms[name] ?? Number.NaN)])),
      ...(gauges ? { spread: gauges.spread, effectiveRank: gauges.effectiveRank } : {}),
    });
  }
  return points;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
