/**
 * `pairs(photo: "photos/**", caption: "captions/*.txt", depth: "depth/**")`: files of several folders that belong together by
 * their paths below them, without endings. A name is a column: pictures, sounds, words (.txt) or arrays (.npy).
 */
import { open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DatasetDecl } from '../../../compiler/declarations.js';
import { bytesOf, headerAtMost, npyColumn, parseNpyHeader } from '../arrays/npy.js';
import { BadRowsError } from '../bad-rows.js';
import type { Column } from '../columns.js';
import type { Loader, OpenOptions } from '../dataset.js';
import { parseFilePattern } from '../file-pattern.js';
import { filesBelow, nothingFound, requireFolder } from '../folder.js';
import { readError } from '../read-error.js';
import { SkippedRows } from '../skipped-rows.js';
import { argumentError, wrongArgument } from './arguments.js';

const readable = /\.(png|jpe?g|webp|txt|npy|wav|flac|ogg|mp3)$/i;

/** The files of one column by what joins them. */
interface Side {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
}

export const pairs: Loader = {
  name: 'pairs',
  doc: 'Files of several folders that belong together by their paths below them, without endings. An argument is a column: pictures, sounds, words (.txt) or arrays (.npy). `resize: true` as in `images`.',
  example: 'pairs(photo: "photos/**", caption: "captions/**", split: 0.9)',
  arguments: 'any',
  async load(decl, options) {
    const sides = await Promise.all(
      Object.entries(decl.args)
        .filter(([name]) => name !== 'resize')
        .map(([name, pattern]) => findSide(decl, name, pattern, options)),
    );
    if (sides.length < 2) throw argumentError(decl, 'the argument list', 'needs two or more names with patterns');
    const skipped = new SkippedRows(decl.name, 'examples');
    const keys = [...new Set(sides.flatMap(({ files }) => [...files.keys()]))].sort();
    const complete = keys.filter((key) => {
      const missing = sides.find(({ files }) => !files.has(key));
      if (missing) skipped.add(key, `it has no \`${missing.name}\``);
      else skipped.good++;
      return !missing;
    });
    skipped.tell(options);
    const columns = sides.map(({ name, files }) =>
      columnOf(
        name,
        complete.map((key) => files.get(key)!),
      ),
    );
    return {
      splits: { train: { count: complete.length, columns: await Promise.all(columns) } },
      without: 'has no argument of that name',
    };
  },
};

async function findSide(
  decl: DatasetDecl,
  name: string,
  pattern: unknown,
  { baseDirectory }: OpenOptions,
): Promise<Side> {
  if (/^\d+$/.test(name) || typeof pattern !== 'string')
    throw wrongArgument(decl, name, 'has to be a pattern in quotes, with a name: `photo: "photos/**"`');
  const { folder, matches } = parseFilePattern(resolve(baseDirectory, pattern), readable);
  await requireFolder(decl, folder);
  const files = (await filesBelow(folder)).filter(matches);
  if (files.length === 0) throw nothingFound(decl, folder, 'files that can be read');
  return { name, files: new Map(files.map((path) => [path.replace(/\.[^./]+$/, ''), join(folder, path)])) };
}

async function columnOf(name: string, files: readonly string[]): Promise<Column> {
  const ending = /\.(\w+)$/.exec(files[0]!)?.[1]?.toLowerCase();
  if (ending === 'txt') {
    return {
      kind: 'text',
      name,
      read: (rows) => Promise.all(Array.from(rows, (row) => readFile(files[row]!, 'utf8'))),
    };
  }
  if (ending === 'npy') return arrayColumn(name, files);
  return {
    kind: 'encoded',
    name,
    read: async (rows) => Array.from(rows, (row) => ({ name: files[row]!, file: files[row]! })),
  };
}

/** An array a file, all of the type and shape of the first. */
async function arrayColumn(name: string, files: readonly string[]): Promise<Column> {
  const first = await firstBytes(files[0]!);
  try {
    const header = parseNpyHeader(first);
    const example = { ...header, shape: [files.length, ...header.shape] };
    return npyColumn(name, example, async (rows, rowBytes) => {
      const values = new Uint8Array(rows.length * rowBytes);
      await Promise.all(
        Array.from(rows, async (row, place) => {
          const bytes = await readFile(files[row]!).catch(() => new Uint8Array(0));
          const reason = otherThan(header, bytes);
          if (reason !== undefined) throw new BadRowsError([{ row, name: files[row]!, reason }]);
          values.set(bytes.subarray(bytes.length - rowBytes), place * rowBytes);
        }),
      );
      return values;
    });
  } catch (error) {
    throw readError(files[0]!, error);
  }
}

function otherThan(wanted: ReturnType<typeof parseNpyHeader>, bytes: Uint8Array): string | undefined {
  try {
    const found = parseNpyHeader(bytes);
    if (found.type !== wanted.type || found.shape.join() !== wanted.shape.join())
      return `it is ${found.type} [${found.shape.join(', ')}], not ${wanted.type} [${wanted.shape.join(', ')}]`;
    return found.offset + bytesOf(found) === bytes.length ? undefined : 'it is cut off';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function firstBytes(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file);
    try {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(headerAtMost), 0, headerAtMost, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readError(file, error);
  }
}
