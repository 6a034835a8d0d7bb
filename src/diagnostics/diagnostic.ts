import type { Span } from '../grammar/source.js';

export type Severity = 'error' | 'warning' | 'hint';

/** A second place that explains a diagnostic, e.g. "declared here as [28, 28, 1]". */
export interface Related {
  readonly span: Span;
  readonly message: string;
}

/** What the compiler or runtime has to say. Made only by `report` from the table in `codes/`. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** Absent for faults outside a source file (a missing folder, a full disk). */
  readonly span: Span | undefined;
  readonly related: readonly Related[];
  /** Why it is wrong, step by step: "in encoder f", "in block 3". */
  readonly notes: readonly string[];
  /** What would fix it. */
  readonly help: readonly string[];
}

/** One row of the table of codes. `explain` is Markdown; `wrong` and `right` are whole programs where the code is found by `check`. */
export interface CodeEntry<Slots extends object> {
  readonly severity: Severity;
  readonly title: string;
  readonly message: (slots: Slots) => string;
  readonly help?: (slots: Slots) => readonly string[];
  readonly explain: string;
  readonly wrong?: string;
  readonly right?: string;
}

/** Keeps the type of the slots of a row. */
export function code<Slots extends object>(entry: CodeEntry<Slots>): CodeEntry<Slots> {
  return entry;
}
