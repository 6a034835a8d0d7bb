/** Tables of text: files of records whose columns are numbers, words or arrays of numbers. */
import type { ColumnHead } from '../choose-columns.js';

/** A value of a record: what a cell holds, or undefined where it is missing. */
export type Cell = number | string | readonly number[] | undefined;

/** How a kind of file is read. */
export interface TableFormat {
  /** The records of the bytes from `start` on, to `end` or the end of the file, and where each ends. */
  records(file: string, start: number, end: number | undefined): AsyncIterable<TableRecord>;
  /** The names of the columns, which are the first records' own or a header; undefined where the file has none. */
  columns(first: readonly TableRecord[]): readonly string[];
  /** Records at the beginning of each file that are no rows. */
  readonly headerRecords: number;
  /** `places`: those of the names in the file's header. */
  cell(record: TableRecord, column: string, places: ReadonlyMap<string, number>): Cell;
}

export interface TableRecord {
  /** Cells or keys; a string says what is wrong with it. */
  readonly values: readonly string[] | Readonly<Record<string, unknown>> | string;
  /** From 1. */
  readonly line: number;
  /** The byte after it. */
  readonly end: number;
}

/** What a column holds, by its first rows. */
export interface TableColumn extends ColumnHead {
  readonly kind: 'tensor' | 'text';
  readonly shape: readonly number[];
}

/** The place of each name in a file's header. */
export type Places = ReadonlyMap<string, number>;

export interface TableFile {
  readonly file: string;
  readonly format: TableFormat;
  readonly places: Places;
}
