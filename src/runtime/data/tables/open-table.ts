/** Opens tables of text: one pass finds the columns, the damaged rows and the blocks that are read again when needed. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { chooseColumns } from '../choose-columns.js';
import type { RawSplit } from '../columns.js';
import { valuesOf } from '../fields/shapes.js';
import type { Part } from '../order.js';
import { type PartColumns, PartedRows } from '../parted-rows.js';
import { readError, tooManyColumns } from '../read-error.js';
import type { SkippedRows } from '../skipped-rows.js';
import { columnOf } from './columns.js';
import { firstRecords, inferColumns } from './infer.js';
import type { Cell, Places, TableColumn, TableFile, TableFormat, TableRecord } from './table.js';

/** Rows by which columns are known. */
const lookedAt = 1000;
const mostColumns = 65536;
/** Rows of a block, and bytes from which on it ends early. */
const blockRows = 4096;
const blockBytes = 2 ** 22;

interface Block extends Part {
  readonly table: TableFile;
  readonly from: number;
  readonly to: number;
}

export async function openTable(
  decl: DatasetDecl,
  files: readonly string[],
  formatOf: (file: string) => Promise<TableFormat>,
  skipped: SkippedRows,
  /** Where files lie that words name. */
  folder = dirname(files[0]!),
): Promise<RawSplit> {
  const tables: TableFile[] = [];
  let schema: readonly TableColumn[] = [];
  for (const file of files) {
    const format = await formatOf(file);
    const first = await firstRecords(file, format, tables.length === 0 ? lookedAt : format.headerRecords);
    const names = format.columns(first);
    if (names.length > mostColumns) throw tooManyColumns(file, names.length);
    const table = { file, format, places: new Map(names.map((name, place) => [name, place])) };
    if (tables.length === 0) schema = inferColumns(first.slice(format.headerRecords), table);
    tables.push(table);
  }
  const choice = chooseColumns(decl, schema);
  const chosen = new Set([...choice.values()].flat());
  const labels = labelsOf(decl, choice);
  // Labels last: a row that lacks nothing else is told apart.
  const used = schema
    .filter(({ name }) => chosen.has(name))
    .sort((a, b) => Number(labels.has(a.name)) - Number(labels.has(b.name)));
  const blocks: Block[] = [];
  let count = 0;
  const bytesARow = used.reduce((sum, { kind, shape }) => sum + (kind === 'text' ? 64 : 8 * valuesOf(shape)), 0);
  for (const table of tables) {
    const { file } = table;
    const total = (await stat(file)).size;
    let block = { start: count, from: 0, rows: 0 };
    const close = (to: number): void => {
      const textBytes = used.some(({ kind }) => kind === 'text') ? 2 * (to - block.from) : 0;
      if (block.rows > 0) {
        const bytes = block.rows * bytesARow + textBytes;
        blocks.push({ start: block.start, bytes, table, from: block.from, to });
      }
      block = { start: count, from: to, rows: 0 };
    };
    for await (const row of rowsOf(table, used, 0, undefined)) {
      if (row.problem !== undefined) skipped.add(`${file}:${row.line}`, row.problem, labels.get(row.lacks ?? ''));
      else {
        count++;
        block.rows++;
        skipped.good++;
      }
      if (block.rows >= blockRows || row.end - block.from >= blockBytes) close(row.end);
    }
    close(total);
  }
  const rows = new PartedRows(
    count,
    blocks,
    (number) => readBlock(blocks[number]!, used),
    (number) => blocks[number]!.table.file,
  );
  return { count, columns: schema.map((column) => columnOf(column, rows, folder)), parts: blocks };
}

/** Columns that fill classes alone, and the field that each fills. */
function labelsOf(
  { fields }: DatasetDecl,
  choice: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, string> {
  const columnsOf = (isLabel: boolean) =>
    fields
      .filter(({ type }) => (type === 'Class') === isLabel)
      .flatMap(({ name }) => (choice.get(name) ?? []).map((column) => [column, name] as const));
  const others = new Map(columnsOf(false));
  return others.size === 0 ? new Map() : new Map(columnsOf(true).filter(([column]) => !others.has(column)));
}

type Row = { readonly line: number; readonly end: number } & (
  | { readonly problem: string; readonly lacks?: string }
  | { readonly problem?: undefined; readonly cells: readonly Cell[] }
);

/** The rows of a range of a file, with what is wrong with those that cannot be used. */
async function* rowsOf(
  { file, format, places }: TableFile,
  used: readonly TableColumn[],
  from: number,
  to: number | undefined,
): AsyncIterable<Row> {
  let before = from === 0 ? format.headerRecords : 0;
  try {
    for await (const record of format.records(file, from, to)) {
      const { values, line, end } = record;
      if (before > 0) before--;
      else if (typeof values === 'string') yield { line, end, problem: values };
      else yield { line, end, ...cellsOf(record, format, used, places) };
    }
  } catch (error) {
    throw readError(file, error);
  }
}

function cellsOf(
  record: TableRecord,
  format: TableFormat,
  used: readonly TableColumn[],
  places: Places,
): { problem: string; lacks?: string } | { cells: readonly Cell[] } {
  const cells: Cell[] = [];
  for (const { name, kind, shape } of used) {
    const cell = format.cell(record, name, places);
    if (cell === undefined)
      return { problem: `\`${name}\` ${kind === 'text' ? 'has no text' : 'is missing, not a number'}`, lacks: name };
    if (kind === 'text') {
      if (typeof cell === 'object') return { problem: `\`${name}\` has no text` };
      cells.push(String(cell));
    } else {
      const values = typeof cell === 'number' ? [cell] : Array.isArray(cell) ? (cell as readonly number[]) : undefined;
      if (!values)
        return {
          problem: `\`${name}\` is "${String(cell).slice(0, 40)}", not a number`,
        };
      if (values.length !== valuesOf(shape))
        return { problem: `\`${name}\` has ${values.length} numbers, not ${valuesOf(shape)}` };
      if (!values.every(Number.isFinite)) return { problem: `\`${name}\` is not finite` };
      cells.push(values);
    }
  }
  return { cells };
}

async function readBlock({ table, from, to }: Block, used: readonly TableColumn[]): Promise<PartColumns> {
  const columns = used.map((): Cell[] => []);
  for await (const row of rowsOf(table, used, from, to)) {
    if (row.problem !== undefined) continue;
    for (const [k, cell] of row.cells.entries()) columns[k]!.push(cell);
  }
  return new Map(
    used.map(({ name, kind }, k) => {
      const cells = columns[k]!;
      return [name, kind === 'text' ? cells : Float64Array.from((cells as number[][]).flat())] as const;
    }),
  );
}
