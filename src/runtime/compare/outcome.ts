/** `outcome.json` in a job's folder: its result, kept so that it is not computed again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../files/index.js';
import type { CurvePoint, RunCost, RunPictures } from './comparison.js';

export interface Outcome {
  readonly format: 1;
  /** What it was trained and measured with. */
  readonly training: string;
  readonly evaluation: string;
  readonly status: 'finished' | 'failed';
  /** Of a run that failed: its diagnostic. */
  readonly code?: string;
  readonly reason?: string;
  readonly cost: RunCost | undefined;
  readonly curve: readonly CurvePoint[];
  readonly measures: Readonly<Record<string, number>>;
  /** Measure → why there is no value. */
  readonly missing?: Readonly<Record<string, string>>;
  /** Measure → for each test example whether it was right, as digits 0 and 1. */
  readonly correct?: Readonly<Record<string, string>>;
  readonly pictures?: RunPictures;
}

const outcomeName = 'outcome.json';

export function writeOutcome(folder: string, outcome: Outcome): void {
  writeWhole(join(folder, outcomeName), `${JSON.stringify(outcome)}\n`);
}

/** The result that is there, whatever it was measured with; undefined if none can be read. */
export function readOutcome(folder: string): Outcome | undefined {
  try {
    const outcome = JSON.parse(readFileSync(join(folder, outcomeName), 'utf8')) as Outcome;
    return outcome.format === 1 ? outcome : undefined;
  } catch {
    // Absent, or of a version that wrote otherwise: computed again.
    return undefined;
  }
}
