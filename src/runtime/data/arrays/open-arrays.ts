/** Opens .npy and .npz files as columns: small arrays in memory, large ones read by rows where they are stored plainly. */
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Column } from '../columns.js';
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
  return naming(file, async () => {
    const handle = await open(file);
    const { size } = await handle.stat();
    const name = basename(file).replace(/\.npy$/i, '');
    return plainArray(name, handle, 0, size);
  });
}

export async function openNpz(file: string): Promise<ArrayColumn[]> {
  return naming(file, async () => {
    const handle = await open(file);
    const columns: ArrayColumn[] = [];
    for (const entry of await readZipDirectory(handle)) {
      const name = entry.name.replace(/\.npy$/, '');
      if (!entry.deflated) columns.push(await plainArray(name, handle, await entryStart(handle, entry), entry.bytes));
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

async function naming<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw readError(file, error);
  }
}

/** The handle stays open as long as the array may be read. */
async function plainArray(name: string, handle: FileHandle, start: number, length: number): Promise<ArrayColumn> {
  const first = new Uint8Array(Math.min(length, headerAtMost));
  await handle.read(first, 0, first.length, start);
  const header = parseNpyHeader(first);
  requireBytes(name, header, length);
  const size = bytesOf(header);
  if (size <= keptAtMost) {
    const bytes = new Uint8Array(size);
    await fill(handle, bytes, start + header.offset);
    return keptArray(name, header, bytes);
  }
  const column = npyColumn(name, header, async (rows, rowBytes) => {
    const values = new Uint8Array(rows.length * rowBytes);
    for (let place = 0; place < rows.length; place++) {
      const row = values.subarray(place * rowBytes, (place + 1) * rowBytes);
      await fill(handle, row, start + header.offset + rows[place]! * rowBytes);
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

async function fill(handle: FileHandle, into: Uint8Array, from: number): Promise<void> {
  let done = 0;
  while (done < into.length) {
    // One read takes less than 2 GiB.
    const { bytesRead } = await handle.read(into, done, Math.min(into.length - done, 2 ** 30), from + done);
    if (bytesRead === 0) throw new Error('it is cut off');
    done += bytesRead;
  }
}
