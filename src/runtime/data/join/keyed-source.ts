/** What joins the rows of a source with those of others: a column, or the names of its files. */
import type { Column, RawSplit } from '../columns.js';
import type { SplitName } from '../dataset.js';

/** A source by name, with a key for each row of each split. */
export interface KeyedSource {
  readonly name: string;
  readonly keys: Readonly<Partial<Record<SplitName, readonly string[]>>>;
}

const atOnce = 4096;
/** Endings of files that a column may name. */
const fileEnding = /\.(png|jpe?g|webp|gif|bmp|tiff?|txt|npy|wav|wave|flac|ogg|oga|mp3)$/i;

/** `photos/a/17.jpg` → `17`. */
export function stemOf(path: string): string {
  const name = path.slice(path.search(/[^/\\]*$/));
  return name.replace(/(?<=.)\.[^.]+$/, '');
}

/** A file that a column names counts as its stem; other words are as they are. */
export function stemOfCell(cell: string): string {
  return fileEnding.test(cell) ? stemOf(cell) : cell;
}

/** `007` and 7 are one key where a column has numbers. */
export function withoutZeros(key: string): string {
  return /^0+\d+$/.test(key) ? key.replace(/^0+(?=\d)/, '') : key;
}

/** The column named `key`, or the stems of the split's files; undefined where there is neither. */
export async function readKeys(
  split: RawSplit,
  key: string | undefined,
): Promise<{ readonly from: 'files' | 'words' | 'numbers'; readonly keys: readonly string[] } | undefined> {
  const column = split.columns.find(({ name }) => name === key);
  if (column) return keysOfColumn(column, split.count);
  return split.files && { from: 'files', keys: split.files().map(stemOf) };
}

async function keysOfColumn(
  column: Column,
  count: number,
): Promise<{ readonly from: 'words' | 'numbers'; readonly keys: readonly string[] } | undefined> {
  if (column.kind === 'class') {
    const { labels, names } = column;
    return { from: 'words', keys: Array.from(labels, (label) => names?.[label] ?? String(label)) };
  }
  const isNumber = column.kind === 'tensor' && column.shape.length === 0;
  if (column.kind !== 'text' && !isNumber) return undefined;
  const keys: string[] = [];
  for (let start = 0; start < count; start += atOnce) {
    const rows = Uint32Array.from({ length: Math.min(atOnce, count - start) }, (_, i) => start + i);
    for (const value of await column.read(rows)) keys.push(String(value));
  }
  return { from: isNumber ? 'numbers' : 'words', keys };
}
