/** JSON Lines: an object a line. */
import { createReadStream } from 'node:fs';
import { parseJson } from '../../parse-json.js';
import type { Cell, TableFormat, TableRecord } from './table.js';

/** Bytes of a line, or of an object of a list. */
export const longest = 2 ** 26;

export const jsonlFormat: TableFormat = {
  headerRecords: 0,
  columns: (first) => [
    ...new Set(first.flatMap(({ values }) => (typeof values === 'string' ? [] : Object.keys(values)))),
  ],
  cell({ values }, column) {
    if (typeof values === 'string' || Array.isArray(values) || !Object.hasOwn(values, column)) return undefined;
    return cellOf((values as Readonly<Record<string, unknown>>)[column]);
  },
  async *records(file, start, end) {
    for await (const { text, line, end: after } of lines(file, start, end)) {
      if (text === '') continue;
      yield { values: parseObject(text, 'line'), line, end: after };
    }
  },
};

/** What an object in text is as a record; `what` it is called: `line`. */
export function parseObject(text: string | undefined, what: string): TableRecord['values'] {
  if (text === undefined) return `the ${what} is longer than ${longest} bytes`;
  try {
    const value = parseJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return `the ${what} is not an object`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function cellOf(value: unknown): Cell {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return Number(value);
  if (!Array.isArray(value)) return undefined;
  const flat: unknown[] = value.flat(Number.POSITIVE_INFINITY);
  if (flat.length > 0 && flat.every((item) => typeof item === 'string')) return flat.join(', ');
  return flat.every((item) => typeof item === 'number') ? flat : undefined;
}

interface Line {
  /** Undefined: too long. */
  readonly text: string | undefined;
  readonly line: number;
  readonly end: number;
}

async function* lines(file: string, start: number, end: number | undefined): AsyncIterable<Line> {
  if (end !== undefined && end <= start) return;
  const stream = createReadStream(file, { start, ...(end === undefined ? {} : { end: end - 1 }) });
  let waiting: Buffer[] = [];
  let [length, at, line] = [0, start, 1];
  const take = (last: Buffer): string | undefined => {
    const whole =
      length <= longest
        ? Buffer.concat([...waiting, last])
            .toString('utf8')
            .trim()
        : undefined;
    waiting = [];
    length = 0;
    return whole;
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let next = chunk.indexOf(10); next >= 0; next = chunk.indexOf(10, from)) {
      length += next - from;
      at += next + 1 - from;
      yield { text: take(chunk.subarray(from, next)), line: line++, end: at };
      from = next + 1;
    }
    length += chunk.length - from;
    at += chunk.length - from;
    // Of a line that is too long nothing is kept.
    if (length <= longest) waiting.push(chunk.subarray(from));
    else waiting = [];
  }
  if (length > 0) yield { text: take(Buffer.alloc(0)), line, end: at };
}
