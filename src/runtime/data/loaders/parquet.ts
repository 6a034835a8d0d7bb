/** `parquet("train-*.parquet", test: "…", resize: true)`: also images, sounds and class labels as Hugging Face's `datasets` writes them. */
import { dirname, resolve } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { type BadRow, BadRowsError } from '../bad-rows.js';
import { chooseColumns } from '../choose-columns.js';
import type { Column, Encoded, RawSplit } from '../columns.js';
import type { Loader, SplitName } from '../dataset.js';
import { findFiles } from '../find-files.js';
import { nothingFound } from '../folder.js';
import type { Part } from '../order.js';
import { ParquetFile } from '../parquet/file.js';
import type { ParquetColumn } from '../parquet/schema.js';
import { PartedRows } from '../parted-rows.js';
import { readError } from '../read-error.js';
import { recordArguments } from './arguments.js';

export const parquet: Loader = {
  name: 'parquet',
  doc: "Parquet files: numbers, words, lists, and pictures, sounds and class labels as Hugging Face's `datasets` writes them; Snappy, Zstd, Gzip, Brotli, LZ4.",
  example: 'parquet("train-*.parquet", test: "test-*.parquet")',
  arguments: recordArguments,
  async load(decl, options) {
    const files = await findFiles(decl, options, /\.parquet$/i, '.parquet files');
    const splits: Partial<Record<SplitName, RawSplit>> = {};
    for (const [split, paths] of Object.entries(files) as [SplitName, readonly string[]][]) {
      const opened = await Promise.all(paths.map((path) => ParquetFile.open(path)));
      splits[split] = await splitOf(decl, opened);
      if (splits[split].count === 0) throw nothingFound(decl, paths.join(', '), 'rows');
    }
    return { splits, without: 'has no column of that name, nor only one of that type' };
  },
};

interface Group extends Part {
  readonly file: ParquetFile;
  readonly number: number;
}

async function splitOf(decl: DatasetDecl, files: readonly ParquetFile[]): Promise<RawSplit> {
  const [first, ...others] = files;
  const everywhere = first!.columns.filter(({ name }) =>
    others.every(({ columns }) => columns.some((c) => c.name === name)),
  );
  const used = new Set([...chooseColumns(decl, everywhere).values()].flat());
  const groups: Group[] = [];
  let count = 0;
  for (const file of files) {
    file.groups.forEach((group, number) => {
      if (group.count > 0) groups.push({ start: count, bytes: group.bytes(used), file, number });
      count += group.count;
    });
  }
  const rows = new PartedRows(
    count,
    groups,
    async (part) => {
      const { file, number } = groups[part]!;
      const objects = await file.rows(number, [...used]);
      return new Map([...used].map((name) => [name, objects.map((row) => row[name])]));
    },
    (part) => groups[part]!.file.path,
  );
  const fileOf = (row: number): ParquetFile => groups.findLast(({ start }) => start <= row)!.file;
  const columns = everywhere.map((column) =>
    columnOf(
      column,
      rows,
      files.map(({ path }) => path),
      fileOf,
      () => shapeOf(column, first!),
    ),
  );
  return { count, columns: await Promise.all(columns), parts: groups };
}

async function columnOf(
  { name, kind, element, classes, shape: known }: ParquetColumn,
  rows: PartedRows,
  files: readonly string[],
  fileOf: (row: number) => ParquetFile,
  findShape: () => Promise<readonly number[]>,
): Promise<Column> {
  const placeOf = (row: number): string => `${fileOf(row).path}, row ${row}, \`${name}\``;
  if (kind === 'text') {
    const read = async (wanted: ArrayLike<number>): Promise<string[]> => {
      const words = new Array<string>(wanted.length);
      const bad: BadRow[] = [];
      await rows.gather<unknown>(name, wanted, (from, row, place) => {
        const cell = from[row] ?? undefined;
        if (cell === undefined)
          bad.push({ row: wanted[place]!, name: placeOf(wanted[place]!), reason: 'it is missing' });
        else words[place] = String(cell);
      });
      if (bad.length > 0) throw new BadRowsError(bad);
      return words;
    };
    return { kind, name, read };
  }
  if (kind === 'encoded') {
    const read = async (wanted: ArrayLike<number>): Promise<Encoded[]> => {
      const items = new Array<Encoded>(wanted.length);
      await rows.gather<unknown>(name, wanted, (from, row, place) => {
        items[place] = encodedOf(from[row], placeOf(wanted[place]!), dirname(fileOf(wanted[place]!).path));
      });
      return items;
    };
    return { kind, name, read, origin: { files, rows: `column ${name}` } };
  }
  const shape = known ?? (await findShape());
  const width = shape.reduce((a, b) => a * b, 1);
  const read = async (wanted: ArrayLike<number>): Promise<Float64Array> => {
    const values = new Float64Array(wanted.length * width);
    const bad: BadRow[] = [];
    await rows.gather<unknown>(name, wanted, (from, row, place) => {
      const numbers = numbersOf(from[row]);
      const good = numbers.length === width && numbers.every(Number.isFinite);
      if (good) values.set(numbers, place * width);
      else bad.push({ row: wanted[place]!, name: placeOf(wanted[place]!), reason: reasonOf(numbers, width) });
    });
    if (bad.length > 0) throw new BadRowsError(bad);
    return values;
  };
  return { kind, name, element, shape, read, ...(classes ? { classes } : {}) };
}

/** `{ bytes, path }` or bytes alone; a path without bytes is a file beside the table. */
function encodedOf(cell: unknown, name: string, folder: string): Encoded {
  const { bytes, path } =
    cell instanceof Uint8Array
      ? { bytes: cell, path: undefined }
      : ((cell ?? {}) as { bytes?: unknown; path?: unknown });
  if (bytes instanceof Uint8Array) return { name, bytes };
  return typeof path === 'string' && path !== ''
    ? { name, file: resolve(folder, path) }
    : { name, bytes: new Uint8Array(0) };
}

function reasonOf(numbers: readonly number[], width: number): string {
  if (width > 1 && numbers.length !== width) return `it has ${numbers.length} numbers, not ${width}`;
  return width === 1 ? 'it is missing, not a number' : 'not all of it is finite numbers';
}

function numbersOf(cell: unknown): number[] {
  if (Array.isArray(cell)) return cell.flatMap(numbersOf);
  if (ArrayBuffer.isView(cell) && !(cell instanceof DataView)) return Array.from(cell as Float64Array, Number);
  return cell === null || cell === undefined ? [Number.NaN] : [Number(cell)];
}

/** Of a column of lists, by its first row. */
async function shapeOf({ name }: ParquetColumn, file: ParquetFile): Promise<readonly number[]> {
  try {
    const [row] = await file.rows(0, [name], 1);
    const shape: number[] = [];
    for (
      let cell = row?.[name];
      Array.isArray(cell) || ArrayBuffer.isView(cell);
      cell = (cell as ArrayLike<unknown>)[0]
    )
      shape.push((cell as ArrayLike<unknown>).length);
    return shape;
  } catch (error) {
    throw readError(file.path, error);
  }
}
