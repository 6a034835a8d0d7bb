/** What a comparison asks of the process that does one job, and what that tells on the way. */
import type { CheckOptions } from '../../compiler/index.js';
import type { Source } from '../../grammar/source.js';
import type { Job } from '../../runtime/compare/job.js';
import type { Gauges } from '../../runtime/train/index.js';

export interface WorkOrder {
  /** Where the program was: data paths start from its folder. */
  readonly file: string;
  readonly source: Source;
  readonly modules: Readonly<Record<string, Source>>;
  readonly options: CheckOptions;
  readonly job: Job;
  readonly folder: string;
  readonly backend: string;
  readonly strict: boolean;
  /** Of the objective, by finite differences: once for a competitor. */
  readonly checksGradient: boolean;
  /** The folder of a job that differs from this one in its seed alone, and has the same features. */
  readonly sibling?: string;
  readonly training: string;
  readonly evaluation: string;
}

/** To the process: an orderly end. Its end without one is an orderly end too. */
export type Order = 'stop';

export type Message =
  | {
      readonly kind: 'progress';
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly secondsLeft: number;
      /** The latest measurement. */
      readonly gauges: Gauges | undefined;
    }
  | { readonly kind: 'measuring'; readonly what: string }
  | { readonly kind: 'warning'; readonly code: string; readonly message: string }
  /** Nothing is kept of it: another attempt may succeed. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' };
