/** A run's log as a curve. */
import type { CurvePoint } from '../compare/comparison.js';
import type { StepMetrics } from '../train/index.js';

const mostPoints = 200;

/** At most 200 points: steps with gauges first, the others evenly spread, the first and the last in any case. */
export function curveOf(all: readonly StepMetrics[]): readonly CurvePoint[] {
  // A step that was left out for its numbers may have no loss.
  const lines = all.filter(({ loss }) => !Number.isNaN(loss));
  const measured = lines.filter(({ gauges }) => gauges !== undefined);
  const kept = new Set([
    ...spread(measured, mostPoints / 2),
    ...spread(lines, mostPoints - Math.min(measured.length, mostPoints / 2)),
  ]);
  return lines
    .filter((line) => kept.has(line))
    .map(({ step, loss, terms, gauges }) => ({
      ...{ step, loss, terms },
      ...(gauges ? { spread: gauges.spread, effectiveRank: gauges.effectiveRank } : {}),
    }));
}

function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]!);
}
