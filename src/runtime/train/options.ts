import type { TrainDecl } from '../../compiler/declarations.js';
import type { Diagnostic } from '../../diagnostics/index.js';
import type { Dataset } from '../data/index.js';
import type { LoadedModel } from '../model.js';
import type { Gauges } from './gauges.js';
import type { TrainProgress } from './progress.js';
import type { Trace } from './trace.js';

export interface TrainOptions {
  readonly model: LoadedModel;
  readonly settings: TrainDecl;
  readonly dataset: Dataset;
  /** Those of the stages after the first, as `settings.later` names them. */
  readonly later?: readonly Dataset[];
  /** Where checkpoints, the manifest and metrics.jsonl go; created if need be. */
  readonly runFolder: string;
  /** Hash of the compiled program: tells a resumed run whether it is still the same. */
  readonly programHash: string;
  /** Go on from the folder's checkpoint. */
  readonly resume?: boolean;
  /** Replace a run that the folder already holds. */
  readonly overwrite?: boolean;
  /** Ends training after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainProgress) => void;
  readonly warn: (diagnostic: Diagnostic) => void;
  /** Steps from one checkpoint to the next; an epoch, but at most 500, by default. */
  readonly checkpointEvery?: number;
  /** Steps from one measurement of the gauges to the next; an epoch, but at most 50, by default. */
  readonly gaugesEvery?: number;
  /** ebmc, node, backend, …: kept in the manifest. */
  readonly versions?: Readonly<Record<string, string>>;
  /** What a step needs, if the compiler knows: for the message about memory. */
  readonly stepBytes?: number;
  /** Each term's value at a constant representation, if the compiler can tell; asked for when the loss does not fall. */
  readonly plateaus?: () => Readonly<Record<string, number>> | undefined;
  /** The terms that are lower where examples differ; asked for when one of several does not fall. */
  readonly apart?: () => readonly string[];
  /** Why the representation does not collapse, if the compiler finds a reason; asked for when it looks like it. */
  readonly reason?: () => string | undefined;
  /** The code of what the analysis of collapse has reported instead. */
  readonly reported?: () => string | undefined;
  /** Told what takes long, one line each. */
  readonly say?: (line: string) => void;
  /** Takes the time of what the run does. */
  readonly trace?: Trace | undefined;
  /** The command that goes on from here, for the message after Ctrl-C. */
  readonly resumeCommand?: string;
}

export interface RunResult {
  readonly status: 'finished' | 'interrupted';
  readonly step: number;
  readonly steps: number;
  /** Of the last step; undefined if there was none left to take. */
  readonly loss: number | undefined;
  readonly gauges: Gauges | undefined;
  readonly seconds: number;
  readonly runFolder: string;
}
