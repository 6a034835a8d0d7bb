/** The directory of a .zip file (PKWARE's APPNOTE 6.3, with ZIP64), as far as .npz files use it. */
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw, type ZlibOptions } from 'node:zlib';
import { readRange } from '../read-encoded.js';

export interface ZipEntry {
  readonly name: string;
  /** Compressed by deflate, or stored as it is. */
  readonly deflated: boolean;
  readonly storedBytes: number;
  readonly bytes: number;
  readonly headerAt: number;
}

const inflate = promisify<Uint8Array, ZlibOptions, Buffer>(inflateRaw);
const endBytes = 22;
const commentAtMost = 65535;
const directoryAtMost = 2 ** 26;

/** Throws with the reason where it is no such file. */
export async function readZipDirectory(handle: FileHandle): Promise<ZipEntry[]> {
  const { size } = await handle.stat();
  const tailBytes = Math.min(size, endBytes + commentAtMost);
  const tail = Buffer.from(await readRange(handle, size - tailBytes, tailBytes));
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + endBytes > tail.length) throw new Error('it is no .npz file, or its end is missing');
  let [count, length, at] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  const locator = end - 20;
  if (locator >= 0 && tail.readUInt32LE(locator) === 0x07064b50) {
    const wide = Buffer.from(await readRange(handle, Number(tail.readBigUInt64LE(locator + 8)), 56));
    [count, length, at] = [32, 40, 48].map((place) => Number(wide.readBigUInt64LE(place))) as [number, number, number];
  }
  if (length > directoryAtMost || at + length > size) throw new Error('its directory does not fit in it');
  const directory = Buffer.from(await readRange(handle, at, length));
  const entries: ZipEntry[] = [];
  let place = 0;
  for (let i = 0; i < count; i++) {
    if (place + 46 > length || directory.readUInt32LE(place) !== 0x02014b50)
      throw new Error('its directory is damaged');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((k) => directory.readUInt16LE(place + k)) as [
      number,
      number,
      number,
    ];
    const method = directory.readUInt16LE(place + 10);
    const name = directory.toString('utf8', place + 46, place + 46 + nameBytes);
    if (method !== 0 && method !== 8) throw new Error(`${name} is compressed in a way that is not read (${method})`);
    const sizes = widen(
      [24, 20, 42].map((k) => directory.readUInt32LE(place + k)),
      directory.subarray(place + 46 + nameBytes, place + 46 + nameBytes + extraBytes),
    );
    const [bytes = 0, storedBytes = 0, headerAt = 0] = sizes;
    entries.push({ name, deflated: method === 8, storedBytes, bytes, headerAt });
    place += 46 + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

/** Sizes that do not fit in 32 bits are in the extra field 1, in this order. */
function widen(sizes: readonly number[], extra: Buffer): number[] {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) at += 4 + extra.readUInt16LE(at + 2);
  let next = at + 4;
  return sizes.map((size) => {
    if (size !== 0xffffffff || next + 8 > extra.length) return size;
    next += 8;
    return Number(extra.readBigUInt64LE(next - 8));
  });
}

/** Where an entry's bytes begin. */
export async function entryStart(handle: FileHandle, { headerAt, name }: ZipEntry): Promise<number> {
  const header = Buffer.from(await readRange(handle, headerAt, 30));
  if (header.readUInt32LE(0) !== 0x04034b50) throw new Error(`the header of ${name} is damaged`);
  return headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

/** An entry's bytes; a small one that claims to unpack to more than it says is refused. */
export async function inflateEntry(handle: FileHandle, entry: ZipEntry): Promise<Uint8Array> {
  const start = await entryStart(handle, entry);
  if (start + entry.storedBytes > (await handle.stat()).size) throw new Error(`${entry.name} is cut off`);
  const stored = new Uint8Array(entry.storedBytes);
  const { bytesRead } = await handle.read(stored, 0, stored.length, start);
  if (bytesRead < stored.length) throw new Error(`${entry.name} is cut off`);
  if (!entry.deflated) return stored;
  const bytes = await inflate(stored, { maxOutputLength: Math.max(1, entry.bytes) });
  if (bytes.length !== entry.bytes) throw new Error(`${entry.name} has ${bytes.length} bytes, not ${entry.bytes}`);
  return bytes;
}
