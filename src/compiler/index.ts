/** The compiler as values: sources in, diagnostics and artefacts out. Nothing here touches files. */
import type { Diagnostic } from '../diagnostics/index.js';
import type { Source } from '../grammar/source.js';
import type { DatasetDecl, EvaluateDecl, TrainDecl } from './declarations.js';
import type { Program } from './graph/types.js';

/** Finds the text behind `use std.vision { ... }`; undefined where there is none. */
export interface Library {
  find(path: readonly string[]): Source | undefined;
  /** All module paths, for suggestions. */
  list(): readonly string[];
}

export interface CheckedFile {
  readonly diagnostics: readonly Diagnostic[];
  readonly models: readonly string[];
  readonly datasets: readonly DatasetDecl[];
  readonly trains: readonly TrainDecl[];
  readonly evaluates: readonly EvaluateDecl[];
}

export type { Program };
