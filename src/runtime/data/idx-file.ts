/** Reads IDX files, the format of MNIST: two zero bytes, element type, number of dimensions, sizes, bytes. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gunzip, type ZlibOptions } from 'node:zlib';
import { EbmcError, report } from '../../diagnostics/index.js';
import { readError } from './read-error.js';

const unsignedByte = 0x08;
const unzipWith = promisify<Uint8Array, ZlibOptions, Buffer>(gunzip);

export interface IdxFile {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Reads `file` (plain, or gzip by its first bytes), which must hold bytes in `dimensions` dimensions. */
export async function readIdxFile(file: string, dimensions: number): Promise<IdxFile> {
  const bytes = await readPlainOrGzip(file);
  const headerBytes = 4 + 4 * dimensions;
  const magic = [0, 0, unsignedByte, dimensions];
  if (magic.some((byte, i) => bytes[i] !== byte)) {
    const found = bytes.length === 0 ? 'an empty file' : hex(bytes.subarray(0, 4));
    throw new EbmcError([report('EBM4006', { file, expected: hex(magic), found })]);
  }
  if (bytes.length < headerBytes) throw wrongLength(file, headerBytes, bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = headerBytes + shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== expected) throw wrongLength(file, expected, bytes.length);
  return { shape, data: bytes.subarray(headerBytes) };
}

async function readPlainOrGzip(file: string): Promise<Uint8Array> {
  try {
    const stored = await readFile(file);
    return stored[0] === 0x1f && stored[1] === 0x8b ? await unzip(file, stored) : stored;
  } catch (error) {
    throw readError(file, error);
  }
}

/** What a truncated .gz file still holds is unpacked, so that the message can say how much is missing. */
async function unzip(file: string, stored: Buffer): Promise<Uint8Array> {
  try {
    return await unzipWith(stored, {});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw readError(file, error);
    return unzipWith(stored, { finishFlush: constants.Z_SYNC_FLUSH });
  }
}

function wrongLength(file: string, expected: number, found: number): EbmcError {
  return new EbmcError([report('EBM4007', { file, expected, found })]);
}

function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
