/** What a data set is: typed fields, splits, and batches read by index. */
import type { DatasetDecl, FieldDecl } from '../../compiler/declarations.js';
import type { Diagnostic } from '../../diagnostics/index.js';
import type { Batch } from '../model.js';
import type { BadRow } from './bad-rows.js';
import type { Draw, RawData } from './columns.js';
import type { Part } from './order.js';

export type SplitName = 'train' | 'test';

/** Ids and the text that they are. */
export interface TextCodec {
  /** A text as a value; undefined where examples are cut from longer texts. */
  readonly encode: ((text: string) => Int32Array) | undefined;
  decode(ids: ArrayLike<number>): string;
}

export interface Dataset {
  readonly name: string;
  readonly fields: readonly FieldDecl[];
  readonly splits: readonly SplitName[];
  /** What the classes of a field are called, where the source says. */
  readonly classNames?: ReadonlyMap<string, readonly string[]>;
  /** How the values of a field read as texts. */
  readonly texts?: ReadonlyMap<string, TextCodec>;
  /** Examples that turned out to be damaged while reading; others stand in for them. */
  damaged?(): readonly BadRow[];
  /** Where the data is read in parts: those of a split, in the order of their rows. */
  parts?(split: SplitName): readonly Part[] | undefined;
  /** Examples among which an order is mixed where it is read in parts. */
  readonly mixed?: number | undefined;
  /** Examples in a split; 0 for one the data set lacks. */
  size(split: SplitName): number;
  /** The examples at `indices`, in that order: images float32 in 0..1, classes int32. Only `fields`, if given. */
  read(split: SplitName, indices: ArrayLike<number>, fields?: readonly string[], draw?: Draw): Promise<Batch>;
}

export interface OpenOptions {
  /** What relative paths start from: the folder of the `.ebm` file. */
  readonly baseDirectory: string;
  /** Refuse damaged examples instead of skipping them. */
  readonly strict: boolean;
  readonly warn: (diagnostic: Diagnostic) => void;
}

export interface LoaderArgument {
  /** `files`: a file, folder, pattern, range or list of them; what there may be is looked at where they are sought. */
  readonly kind: 'string' | 'boolean' | 'number' | 'files';
  /** What it says, and what holds without it; Markdown. */
  readonly doc: string;
}

/** One source of data, named in a program: a row of the table in `loaders/`. */
export interface Loader {
  readonly name: string;
  /** What it reads; Markdown. */
  readonly doc: string;
  /** A call of it. */
  readonly example: string;
  /** By name, or by place from `0`; `any`: what they are called is the program's choice. Checked before it loads. */
  readonly arguments: Readonly<Record<string, LoaderArgument>> | 'any';
  load(decl: DatasetDecl, options: OpenOptions): Promise<RawData>;
}
