/** What loaders give and fields take: splits of named columns, each read by row numbers. */
import type { SplitName } from './dataset.js';
import type { Part } from './order.js';

type Rows = ArrayLike<number>;

/** What may differ each time a row is read in training, such as which part of a sound: nothing else decides. */
export interface Draw {
  readonly seed: number;
  readonly epoch: number;
}

interface Named {
  /** As the source calls it; a loader without names of its own calls it after what it is. */
  readonly name: string;
}

/** Pictures of one size: bytes as numbers in 0..1, height × width × channels an example, one after the other. */
export interface PixelColumn extends Named {
  readonly kind: 'pixels';
  readonly shape: readonly [number, number, number];
  read(rows: Rows): Promise<Float32Array>;
}

/** Numbers of one shape, as they are stored. */
export interface TensorColumn extends Named {
  readonly kind: 'tensor';
  /** Of what is stored: bytes may be pictures, whole numbers may be classes. */
  readonly element: 'byte' | 'int' | 'float';
  /** Of one example; [] for one number. */
  readonly shape: readonly number[];
  /** What the numbers stand for where they are classes that the source names. */
  readonly classes?: readonly string[];
  /** What text ids are. */
  readonly decode?: (ids: ArrayLike<number>) => string;
  /** Without a draw the same each time. */
  read(rows: Rows, draw?: Draw): Promise<Float32Array | Int32Array | Float64Array | Uint8Array>;
}

/** A class for each example, counted from 0. */
export interface ClassColumn extends Named {
  readonly kind: 'class';
  readonly labels: ArrayLike<number>;
  /** What the source calls the classes, in order. */
  readonly names?: readonly string[];
}

/** Whether what was decoded stays in memory, and is kept on disk; undecided where absent. */
export interface Keeping {
  readonly keep?: boolean;
  readonly cache?: boolean;
}

/** Words; they may also name classes. */
export interface TextColumn extends Named {
  readonly kind: 'text';
  /** Where files lie that the words may name: that of the source. */
  readonly folder?: string;
  /** Of pictures that the words may name. */
  readonly keeping?: Keeping;
  read(rows: Rows): Promise<readonly string[]>;
}

/** A whole file as it was stored (a picture, a sound), or where its bytes are. */
export type Encoded = { readonly name: string } & (
  | { readonly bytes: Uint8Array }
  | { readonly file: string; readonly start?: number; readonly length?: number }
);

/** What decides the bytes of a column: these files, and of them these rows. */
export interface Origin {
  readonly files: readonly string[];
  readonly rows: string;
}

export interface EncodedColumn extends Named {
  readonly kind: 'encoded';
  /** Where it is known: what was decoded can be found again on disk. */
  readonly origin?: Origin;
  /** What the column's own source says, before the data set does. */
  readonly keeping?: Keeping;
  read(rows: Rows): Promise<readonly Encoded[]>;
}

export type Column = PixelColumn | TensorColumn | ClassColumn | TextColumn | EncodedColumn;
export type ColumnKind = Column['kind'];

/** The examples of one split. */
export interface RawSplit {
  readonly count: number;
  /** Of other names each; a field needs its column in every split. */
  readonly columns: readonly Column[];
  /** The files that the rows are, one each. */
  readonly files?: () => readonly string[];
  /** Where the data is read in parts: they and what each takes. */
  readonly parts?: readonly Part[];
}

export interface RawData {
  readonly splits: Readonly<Partial<Record<SplitName, RawSplit>>>;
  /** Completes "`idx` …" in the message about a field that no column can fill. */
  readonly without: string;
}

/** As arguments of a source say. */
export function keepingOf({ keep, cache }: Readonly<Record<string, unknown>>): Keeping {
  return {
    ...(typeof keep === 'boolean' ? { keep } : {}),
    ...(typeof cache === 'boolean' ? { cache } : {}),
  };
}

/** A column as a type is written, for messages. */
export function describeColumn(column: Column): string {
  switch (column.kind) {
    case 'pixels':
      return `Image[${column.shape.join(', ')}]`;
    case 'tensor':
      return column.shape.length === 0 ? 'a number' : `[${column.shape.join(', ')}]`;
    case 'class':
      return 'classes';
    case 'text':
      return 'text';
    case 'encoded':
      return 'files';
  }
}
