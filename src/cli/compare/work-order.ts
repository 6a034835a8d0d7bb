/** What a comparison asks of a process that does its jobs, and what that tells on the way. */
import type { CheckOptions } from '../../compiler/index.js';
import type { Source } from '../../grammar/source.js';
import type { Job } from '../../runtime/compare/job.js';
import type { Gauges } from '../../runtime/train/index.js';

/** What all jobs of a comparison share. */
export interface WorkSetting {
  /** Where the program was: data paths start from its folder. */
  readonly file: string;
  readonly source: Source;
  readonly modules: Readonly<Record<string, Source>>;
  readonly options: CheckOptions;
  readonly backend: string;
  readonly strict: boolean;
}

export interface WorkOrder {
  readonly job: Job;
  readonly folder: string;
  /** Whether a report shows this run in pictures; its objective's gradient is checked as well. Once for a competitor. */
  readonly isShown: boolean;
  /** The folder of a job that differs from this one in its seed alone, and has the same features. */
  readonly sibling?: string;
  readonly training: string;
  readonly evaluation: string;
}

/** To the process: first what the jobs share, then one job after another. Its parent's end is an orderly end too. */
export type Request =
  | { readonly kind: 'setting'; readonly setting: WorkSetting }
  | { readonly kind: 'order'; readonly order: WorkOrder }
  | { readonly kind: 'stop' };

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
