/** A run's log as a curve and as what it cost. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CurvePoint } from './comparison.js';

const mostPoints = 200;

interface Line {
  readonly step: number;
  readonly loss: number;
  readonly examplesPerSecond: number;
  readonly gauges?: { readonly spread: number; readonly effectiveRank: number };
  readonly [metric: string]: unknown;
}

export interface RunLog {
  readonly curve: readonly CurvePoint[];
  /** Seconds of its steps, those before an interruption too. */
  readonly seconds: number;
}

export function readLog(folder: string, batch: number): RunLog {
  const path = join(folder, 'metrics.jsonl');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = text.split('\n').flatMap((line): Line[] => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Line];
    } catch {
      // The last line of a run that was killed.
      return [];
    }
  });
  const speeds = lines.map(({ examplesPerSecond }) => examplesPerSecond).filter((speed) => speed > 0);
  const typical = speeds.length > 0 ? batch / median(speeds) : 0;
  const seconds = lines.reduce((sum, { examplesPerSecond: s }) => sum + (s > 0 ? batch / s : typical), 0);
  return { curve: thin(lines), seconds };
}

/** Each point is the mean of the steps it stands for; gauges are the last ones measured among them. */
function thin(lines: readonly Line[]): CurvePoint[] {
  const size = Math.max(1, Math.ceil(lines.length / mostPoints));
  const points: CurvePoint[] = [];
  for (let from = 0; from < lines.length; from += size) {
    const group = lines.slice(from, from + size);
    const mean = (of: (line: Line) => number): number => group.reduce((sum, line) => sum + of(line), 0) / group.length;
    const names = Object.keys(group[0]!).filter((name) => name.startsWith('term.'));
    const terms = names.map((name) => [name.slice('term.'.length), mean((line) => Number(line[name]))] as const);
    const gauges = group.findLast((line) => line.gauges)?.gauges;
    points.push({
      step: group.at(-1)!.step,
      loss: mean(({ loss }) => loss),
      terms: Object.fromEntries(terms),
      ...(gauges ? { spread: gauges.spread, effectiveRank: gauges.effectiveRank } : {}),
    });
  }
  return points;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
