/** `outcome.json` in a job's folder: its result, kept so that it is not computed again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../files/index.js';
import type { CurvePoint, RunCost, RunPictures, Verdict } from './comparison.js';

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
  readonly missing: Readonly<Record<string, string>>;
  /** Measure → one score for each test example, whose mean is the value; see `packScores`. */
  readonly scores: Readonly<Record<string, string>>;
  /** Of a run that finished. */
  readonly verdict?: Verdict;
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

/** Bytes or 32-bit floats as base64, after a letter that says which. */
export function packScores(scores: Uint8Array | Float32Array): string {
  const { buffer, byteOffset, byteLength } = scores;
  const text = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  return `${scores instanceof Uint8Array ? 'b' : 'f'}${text}`;
}

export function unpackScores(packed: string): Uint8Array | Float32Array {
  const bytes = Uint8Array.from(Buffer.from(packed.slice(1), 'base64'));
  return packed.startsWith('b') ? bytes : new Float32Array(bytes.buffer);
}
