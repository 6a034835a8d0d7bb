/** Failures of a step that are the user's to solve: numbers that are not finite, memory that is not there. */

import { lowestScale, scaleOutput, skippedOutput } from '../../compiler/lower/loss-scale.js';
import { EbmcError, report } from '../../diagnostics/index.js';
import type { HostTensor } from '../model.js';

export interface NonFinite {
  readonly metric: string;
  readonly value: number;
}

/** Whether a step was left out because its scaled gradients were not finite, and a smaller scale of the loss may help. */
export function wasSkipped(metrics: Readonly<Record<string, number>>): boolean {
  return metrics[skippedOutput] === 1 && metrics[scaleOutput]! > lowestScale;
}

export function firstNonFinite(metrics: Readonly<Record<string, number>>): NonFinite | undefined {
  for (const [metric, value] of Object.entries(metrics)) if (!Number.isFinite(value)) return { metric, value };
  return metrics[skippedOutput] === 1 ? { metric: 'gradient', value: Number.NaN } : undefined;
}

export function firstNonFiniteState(states: Readonly<Record<string, HostTensor>>): NonFinite | undefined {
  for (const [metric, { data }] of Object.entries(states)) {
    for (const value of data) if (!Number.isFinite(value)) return { metric, value };
  }
  return undefined;
}

/** How the backends say that memory is used up: wasm's heap, typed arrays, TensorFlow's allocator, GPUs. */
const outOfMemory = [
  /memory access out of bounds/i,
  /cannot enlarge memory/i,
  /array buffer allocation failed/i,
  /invalid (typed )?array length/i,
  /out of memory/i,
  /\bOOM\b/,
  /RESOURCE_EXHAUSTED/i,
  /failed to allocate/i,
  /std::bad_alloc/,
];

/** EBM5002 in place of a backend's own words; any other error as it is. */
export function explainMemory(error: unknown, batch: number, stepBytes: number | undefined): unknown {
  if (!(error instanceof Error)) return error;
  const text = `${error.name}: ${error.message}`;
  if (error instanceof EbmcError || !outOfMemory.some((pattern) => pattern.test(text))) return error;
  const megabytes = stepBytes === undefined ? undefined : stepBytes / 2 ** 20;
  return new EbmcError([report('EBM5002', { batch, megabytes, reason: error.message.split('\n')[0]! })]);
}
