/** One piece of a comparison's work: what it depends on, all of it, and nothing else. */
import { createHash } from 'node:crypto';
import type { CompareDecl, EvaluateDecl, TrainDecl } from '../../compiler/declarations.js';
import type { MeasureName } from '../../compiler/measure-names.js';

export type JobKind = 'objective' | 'supervised' | 'untrained' | 'raw';

export interface Job {
  readonly kind: JobKind;
  /** Places in the declaration: of a baseline, those whose encoder or input it takes. */
  readonly competitor: number;
  readonly variant: number;
  readonly seed: number;
  readonly budget: CompareDecl['budget'];
  /** The share of the training examples it is measured on, of a run that chooses settings; undefined: on the test split. */
  readonly validation: number | undefined;
}

/** What a job's result depends on beside the job. */
export interface Circumstances {
  /** Hash of the compiled model with its batch and optimizer. */
  readonly program: string;
  readonly train: TrainDecl;
  readonly data: string;
  /** Numbers differ between backends in their last digits. */
  readonly backend: string;
}

/** Bump one when runs, or figures, of an older version are no longer what this one would make. */
const trainingFormat = 1;
const evaluationFormat = 3;
/** The same of a measure alone: comparisons without it keep theirs. */
const measureFormats: { readonly [N in MeasureName]?: number } = { pair_retrieval: 4 };

/** Training again is needed only if this has changed: a run's folder bears it. */
export function trainingKey(job: Job, { program, train, data, backend }: Circumstances): string {
  const { kind, seed, budget, validation } = job;
  const format = trainingFormat;
  if (kind === 'raw') return hash({ format, kind, seed, data, validation });
  if (kind === 'untrained') return hash({ format, kind, seed, data, validation, program, backend });
  const { schedule, precision, statistics } = train;
  return hash({ format, kind, seed, budget, validation, program, data, backend, schedule, precision, statistics });
}

/** Measuring again is needed only if this has changed. */
export function evaluationKey(
  { span: _, model: _model, ...settings }: EvaluateDecl,
  /** Hash of what is measured, where that is not what is trained on. */
  measured?: string,
  /** Of a trial, what it is judged by, where the comparison says. */
  tunedBy?: MeasureName,
): string {
  const format = Math.max(evaluationFormat, ...settings.measures.map((name) => measureFormats[name] ?? 0));
  return hash({ format, settings, measured, tunedBy });
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
