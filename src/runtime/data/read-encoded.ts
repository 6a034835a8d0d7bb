/** The bytes of a file, of a range of a file (a member of a tar), or as they are. */
import { readFileSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Encoded } from './columns.js';

/** What one picture or sound may have: more is damage or malice. */
const longest = 2 ** 28;
/** One read takes less than 2 GiB. */
const mostAtOnce = 2 ** 30;
/** Archives that stay open while nothing reads them. */
const idleAtMost = 32;

interface OpenFile {
  readonly handle: Promise<FileHandle>;
  readers: number;
}

const archives = new Map<string, OpenFile>();

export async function readEncoded(item: Encoded): Promise<Uint8Array> {
  if ('bytes' in item) return item.bytes;
  const { file, start = 0, length } = item;
  if (length !== undefined) return readFileRange(file, start, requireShort(length));
  const handle = await open(file);
  try {
    return await readRange(handle, start, requireShort((await handle.stat()).size - start));
  } finally {
    await handle.close();
  }
}

/**
 * The same in one go for a whole file, for threads for which nothing else waits: four times to another thread and back cost ten times as much
 * as reading a small one.
 */
export function readEncodedAtOnce(item: Encoded): Uint8Array | Promise<Uint8Array> {
  if ('bytes' in item || item.length !== undefined || item.start !== undefined) return readEncoded(item);
  requireShort(statSync(item.file).size);
  return readFileSync(item.file);
}

/** A range of a file that stays open for the next. */
export function readFileRange(file: string, start: number, length: number): Promise<Uint8Array> {
  return withArchive(file, (handle) => readRange(handle, start, length));
}

function requireShort(length: number): number {
  if (length > longest) throw new Error(`it has ${length} bytes, more than ${longest}`);
  return length;
}

/** Reads a range of an open file; throws where the file ends before. */
export async function readRange(
  handle: FileHandle,
  start: number,
  length: number,
  memory = (size: number): Uint8Array => new Uint8Array(size),
): Promise<Uint8Array> {
  const bytes = memory(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, mostAtOnce), start + done);
    if (bytesRead === 0) throw new Error(`it ends after ${done} of ${length} bytes`);
    done += bytesRead;
  }
  return bytes;
}

/** Opening a file for each of its members would cost more than reading it. */
async function withArchive<T>(path: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const archive = archives.get(path) ?? { handle: open(path), readers: 0 };
  // The one used last is the last.
  archives.delete(path);
  archives.set(path, archive);
  archive.readers++;
  try {
    return await work(await archive.handle);
  } catch (error) {
    if (archives.get(path) === archive) archives.delete(path);
    throw error;
  } finally {
    archive.readers--;
    const kept = archives.get(path) === archive;
    if (!kept && archive.readers === 0) void close(archive);
    closeIdle();
  }
}

function closeIdle(): void {
  for (const [path, archive] of archives) {
    if (archives.size <= idleAtMost) return;
    if (archive.readers > 0) continue;
    archives.delete(path);
    void close(archive);
  }
}

async function close({ handle }: OpenFile): Promise<void> {
  await handle.then(
    (file) => file.close(),
    () => {},
  );
}
