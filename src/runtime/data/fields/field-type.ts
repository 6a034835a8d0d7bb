/** One row of the table of field types: which columns fill such a field, and how. */
import type { DatasetDecl, FieldDecl } from '../../../compiler/declarations.js';
import type { Diagnostic } from '../../../diagnostics/index.js';
import type { HostTensor } from '../../model.js';
import type { Column, ColumnKind, Draw } from '../columns.js';
import type { OpenOptions, SplitName, TextCodec } from '../dataset.js';

/** Reads the examples at `rows`, one after the other. */
export type Reader = (rows: ArrayLike<number>, draw?: Draw) => Promise<HostTensor['data']>;

/** A field and the column that fills it, split by split. */
export interface Binding {
  readonly decl: DatasetDecl;
  readonly field: FieldDecl;
  readonly columns: readonly SplitColumn[];
}

export interface SplitColumn {
  readonly split: SplitName;
  readonly count: number;
  readonly column: Column;
}

export interface Bound {
  /** One a split, in the order of the columns. */
  readonly readers: readonly Reader[];
  /** What the classes are called, where they are and have names. */
  readonly classes?: readonly string[];
  /** Where its values are ids of texts. */
  readonly text?: TextCodec;
}

export interface FieldType {
  /** The kinds of columns that it takes even under another name, where there is only one of them; best first. */
  readonly takesUnnamed: readonly ColumnKind[];
  /** How the field is read from the columns, or why it cannot be. */
  bind(binding: Binding, options: OpenOptions): Promise<Bound | Diagnostic>;
}
