/** CSV (RFC 4180), with commas, semicolons, tabs or bars between cells and the names of the columns in the first record. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import type { CsvError, Info, Options } from 'csv-parse';
import type { Cell, TableFormat, TableRecord } from './table.js';

/** Bytes of a record: more is a quote that is never closed. */
const longest = 2 ** 24;
const delimiters = [',', ';', '\t', '|'];
/** What stands for a missing number. */
const missing = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?']);

export function csvFormat(delimiter: string): TableFormat {
  return {
    headerRecords: 1,
    columns: ([header]) => (Array.isArray(header?.values) ? header.values.map((name) => String(name).trim()) : []),
    cell({ values }, column, places) {
      const text = Array.isArray(values) ? values[places.get(column) ?? -1] : undefined;
      return text === undefined ? undefined : cellOf(text);
    },
    records: (file, start, end) => records(file, delimiter, start, end),
  };
}

/** The sign that the first line has most of. */
export async function findDelimiter(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(65536), 0, 65536, 0);
    const line = buffer.subarray(0, bytesRead).toString('utf8').split(/\r?\n/, 1)[0]!;
    const counts = delimiters.map((sign) => line.split(sign).length);
    return delimiters[counts.indexOf(Math.max(...counts))]!;
  } finally {
    await handle.close();
  }
}

async function* records(
  file: string,
  delimiter: string,
  start: number,
  end: number | undefined,
): AsyncIterable<TableRecord> {
  const damaged: TableRecord[] = [];
  const options: Options = {
    delimiter,
    info: true,
    bom: start === 0,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longest,
    onSkip: (error: CsvError | undefined) => {
      damaged.push({ values: error?.message ?? 'it cannot be read', line: Number(error?.['lines'] ?? 0), end: 0 });
      return undefined;
    },
  };
  if (end !== undefined && end <= start) return;
  const { parse } = await import('csv-parse');
  const bytes = createReadStream(file, { start, ...(end === undefined ? {} : { end: end - 1 }) });
  // The error of either ends the loop below.
  const parser = pipeline(bytes, parse(options), () => {});
  for await (const { info, record } of parser as AsyncIterable<{ info: Info; record: string[] }>) {
    while (damaged.length > 0) yield { ...damaged.shift()!, end: start + info.bytes };
    yield { values: record, line: info.lines, end: start + info.bytes };
  }
  while (damaged.length > 0) yield { ...damaged.shift()!, end: end ?? start };
}

function cellOf(text: string): Cell {
  const trimmed = text.trim();
  if (missing.has(trimmed.toLowerCase())) return undefined;
  const number = Number(trimmed);
  return Number.isNaN(number) ? text : number;
}
