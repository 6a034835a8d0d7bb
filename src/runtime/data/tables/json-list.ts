/** A JSON file that is one list of objects, read object by object, so that it need not fit in memory. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { jsonlFormat, longest, parseObject } from './jsonl.js';
import type { TableFormat, TableRecord } from './table.js';

const [quote, backslash, openBrace, closeBrace, openList, closeList, comma] = [
  0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c,
];
const newline = 10;
const isBlank = (byte: number): boolean => byte === 32 || (byte >= 9 && byte <= 13);

/** Whether the first sign of the file opens a list. */
export async function isList(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, 0);
    return /^\ufeff?\s*\[/.test(buffer.subarray(0, bytesRead).toString('utf8'));
  } finally {
    await handle.close();
  }
}

export const jsonListFormat: TableFormat = { ...jsonlFormat, records };

/** From any place between two items on: what separates items is passed over. */
async function* records(file: string, start: number, end: number | undefined): AsyncIterable<TableRecord> {
  if (end !== undefined && end <= start) return;
  const stream = createReadStream(file, { start, ...(end === undefined ? {} : { end: end - 1 }) });
  const item = new Item();
  let at = start;
  let line = 1;
  // The list itself is a level too, except from a later place on.
  let listOpened = start > 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]!;
      if (byte === newline) line++;
      if (!item.open) {
        if (isBlank(byte) || byte === comma || (byte === closeList && listOpened)) continue;
        if (!listOpened) {
          listOpened = byte === openList;
          continue;
        }
        from = i;
        item.begin(line);
      }
      // A number or a word as an item ends before what separates it.
      if (item.depth === 0 && !item.inString && (byte === comma || byte === closeList)) {
        yield item.finish(chunk.subarray(from, i), at + i);
        continue;
      }
      if (item.take(byte)) yield item.finish(chunk.subarray(from, i + 1), at + i + 1);
    }
    if (item.open) item.keep(chunk.subarray(from));
    at += chunk.length;
  }
  if (item.open) yield { values: 'the file ends within it', line: item.line, end: at };
}

/** An item of the list, byte by byte. */
class Item {
  open = false;
  depth = 0;
  inString = false;
  line = 0;
  private escaped = false;
  private length = 0;
  private parts: Buffer[] = [];

  begin(line: number): void {
    [this.open, this.depth, this.inString, this.escaped, this.line] = [true, 0, false, false, line];
    [this.length, this.parts] = [0, []];
  }

  /** Whether the byte ends an object or a list. */
  take(byte: number): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false;
      else if (byte === backslash) this.escaped = true;
      else if (byte === quote) this.inString = false;
      return false;
    }
    if (byte === quote) this.inString = true;
    else if (byte === openBrace || byte === openList) this.depth++;
    else if (byte === closeBrace || byte === closeList) return --this.depth <= 0;
    return false;
  }

  /** Of one that is too long nothing is kept. */
  keep(bytes: Buffer): void {
    this.length += bytes.length;
    if (this.length <= longest) this.parts.push(bytes);
    else this.parts = [];
  }

  finish(last: Buffer, end: number): TableRecord {
    this.keep(last);
    this.open = false;
    const text = this.length <= longest ? Buffer.concat(this.parts).toString('utf8') : undefined;
    this.parts = [];
    return { values: parseObject(text, 'item'), line: this.line, end };
  }
}
