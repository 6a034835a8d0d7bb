/** Opens .npy and .npz files as columns: small arrays in memory, large ones read by rows where they are stored plainly. */
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Column } from '../columns.js';
import { readFileRange, readRange } from '../read-encoded.js';
import { readError } from '../read-error.js';
import { bytesOf, headerAtMost, type NpyHeader, npyColumn, parseNpyHeader } from './npy.js';
import { entryStart, inflateEntry, readZipDirectory } from './zip.js';

/** Bytes: larger arrays stay where they are. */
const keptAtMost = 2 ** 30;

export interface ArrayColumn {
  readonly count: number;
  readonly column: Column;
}

export async function openNpy(file: string): Promise<ArrayColumn> {
  return opened(file, async (handle) => {
    const { size } = await handle.stat();
    const name = basename(file).replace(/\.npy$/i, '');
    return plainArray(name, file, handle, 0, size);
  });
}

export async function openNpz(file: string): Promise<ArrayColumn[]> {
  return opened(file, async (handle) => {
    const columns: ArrayColumn[] = [];
    for (const entry of await readZipDirectory(handle)) {
      const name = entry.name.replace(/\.npy$/, '');
      if (!entry.deflated)
        columns.push(await plainArray(name, file, handle, await entryStart(handle, entry), entry.bytes));
      else {
        if (entry.bytes > keptAtMost)
          throw new Error(`${entry.name} unpacks to ${entry.bytes} bytes; save so large an array with numpy.savez`);
        const bytes = await inflateEntry(handle, entry);
        const header = parseNpyHeader(bytes.subarray(0, headerAtMost));
        requireBytes(name, header, bytes.length);
        columns.push(keptArray(name, header, bytes.subarray(header.offset)));
      }
    }
    return columns;
  });
}

async function opened<T>(file: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  try {
    const handle = await open(file);
    try {
      return await work(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readError(file, error);
  }
}

async function plainArray(
  name: string,
  file: string,
  handle: FileHandle,
  start: number,
  length: number,
): Promise<ArrayColumn> {
  const first = new Uint8Array(Math.min(length, headerAtMost));
  await handle.read(first, 0, first.length, start);
  const header = parseNpyHeader(first);
  requireBytes(name, header, length);
  const size = bytesOf(header);
  if (size <= keptAtMost) {
    return keptArray(name, header, await readRange(handle, start + header.offset, size));
  }
  const column = npyColumn(name, header, async (rows, rowBytes) => {
    const values = new Uint8Array(rows.length * rowBytes);
    for (let place = 0; place < rows.length; place++) {
      values.set(
        await readFileRange(file, start + header.offset + rows[place]! * rowBytes, rowBytes),
        place * rowBytes,
      );
    }
    return values;
  });
  return { count: header.shape[0] ?? 1, column };
}

function keptArray(name: string, header: NpyHeader, bytes: Uint8Array): ArrayColumn {
  const column = npyColumn(name, header, async (rows, rowBytes) => {
    const values = new Uint8Array(rows.length * rowBytes);
    for (let place = 0; place < rows.length; place++) {
      const from = rows[place]! * rowBytes;
      values.set(bytes.subarray(from, from + rowBytes), place * rowBytes);
    }
    return values;
  });
  return { count: header.shape[0] ?? 1, column };
}

function requireBytes(name: string, header: NpyHeader, length: number): void {
  const wanted = header.offset + bytesOf(header);
  if (wanted !== length) throw new Error(`array ${name} should have ${wanted} bytes and has ${length}`);
}
