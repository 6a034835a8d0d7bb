/** A run's `metrics.jsonl`, read back. */
import { readFile } from 'node:fs/promises';
import { writeError } from '../files/index.js';
import type { Gauges } from './gauges.js';

export interface StepMetrics {
  readonly step: number;
  readonly epoch: number;
  readonly rate: number;
  readonly loss: number;
  readonly examplesPerSecond: number;
  /** Of the objective, by name. */
  readonly terms: Readonly<Record<string, number>>;
  /** What else the model measures in each step, by name. */
  readonly others: Readonly<Record<string, number>>;
  readonly gauges: Gauges | undefined;
}

export const metricsName = 'metrics.jsonl';

/** Every complete line; an incomplete or damaged one, as a crash leaves at the end, is passed over. Empty where there is no file. */
export async function readMetrics(path: string): Promise<readonly StepMetrics[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '';
    throw writeError(path, error);
  });
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): StepMetrics | undefined {
  let value: Readonly<Record<string, unknown>>;
  try {
    value = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const numberOf = (name: string) => (typeof value[name] === 'number' ? value[name] : Number.NaN);
  if (!Number.isInteger(numberOf('step'))) return undefined;
  const terms: Record<string, number> = {};
  const others: Record<string, number> = {};
  for (const name of Object.keys(value)) {
    if (name.startsWith('term.')) terms[name.slice('term.'.length)] = numberOf(name);
    else if (name.includes('.')) others[name] = numberOf(name);
  }
  const [step, epoch, rate, loss] = ['step', 'epoch', 'rate', 'loss'].map(numberOf) as [number, number, number, number];
  const gauges = value['gauges'] as Gauges | undefined;
  return { step, epoch, rate, loss, examplesPerSecond: numberOf('examplesPerSecond'), terms, others, gauges };
}
