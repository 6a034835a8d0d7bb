/** Reads IDX files, the format of MNIST: two zero bytes, element type, number of dimensions, sizes, bytes. */
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { EbmcError, report } from '../../diagnostics/index.js';
import { readError } from './read-error.js';

const unsignedByte = 0x08;
/** What is unpacked at a time. */
const chunkSize = 2 ** 20;
/** DEFLATE packs no better: a header that claims more of a .gz file is wrong, whatever follows. */
const mostUnpacked = 1032;

export interface IdxFile {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Reads `file` (plain, or gzip by its first bytes), which must hold bytes in `dimensions` dimensions. */
export async function readIdxFile(file: string, dimensions: number): Promise<IdxFile> {
  try {
    return await read(file, dimensions);
  } catch (error) {
    throw readError(file, error);
  }
}

async function read(file: string, dimensions: number): Promise<IdxFile> {
  const headerBytes = 4 + 4 * dimensions;
  const magic = [0, 0, unsignedByte, dimensions];
  const { chunks, atMost } = await plainOrGzip(file);
  let header = Buffer.alloc(0);
  let idx: { shape: readonly number[]; expected: number; data: Uint8Array } | undefined;
  let found = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    if (!idx) {
      const missing = headerBytes - header.length;
      header = Buffer.concat([header, chunk.subarray(0, missing)]);
      rest = chunk.subarray(missing);
      requireMagic(file, magic, header);
      if (header.length === headerBytes) {
        const shape = Array.from({ length: dimensions }, (_, i) => header.readUInt32BE(4 + 4 * i));
        const size = shape.reduce((a, b) => a * b, 1);
        // What cannot follow takes no memory: only how much is there is counted.
        const fits = headerBytes + size <= atMost;
        idx = { shape, expected: headerBytes + size, data: new Uint8Array(fits ? size : 0) };
      }
    }
    found += chunk.length;
    if (idx && found > idx.expected) break;
    if (idx && idx.data.length > 0) idx.data.set(rest, found - rest.length - headerBytes);
  }
  requireMagic(file, magic, header, true);
  const expected = idx?.expected ?? headerBytes;
  if (!idx || found !== expected) throw new EbmcError([report('EBM4007', { file, expected, found })]);
  return { shape: idx.shape, data: idx.data };
}

interface Contents {
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes that there can be. */
  readonly atMost: number;
}

async function plainOrGzip(file: string): Promise<Contents> {
  const handle = await open(file);
  const { size } = await handle.stat();
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  const stored = handle.createReadStream({ start: 0, highWaterMark: chunkSize });
  if (bytesRead < 2 || buffer[0] !== 0x1f || buffer[1] !== 0x8b) return { chunks: stored, atMost: size };
  const unpacked = createGunzip({ chunkSize });
  stored.on('error', (error) => unpacked.destroy(error));
  return { chunks: whatIsThere(stored.pipe(unpacked)), atMost: size * mostUnpacked };
}

/** What a truncated .gz file still holds counts, so that the message can say how much is missing. */
async function* whatIsThere(unpacked: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  try {
    yield* unpacked;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw error;
  }
}

function requireMagic(file: string, magic: readonly number[], header: Buffer, whole = false): void {
  const there = magic.slice(0, whole ? magic.length : header.length);
  if (there.every((byte, i) => header[i] === byte)) return;
  const found = header.length === 0 ? 'an empty file' : hex(header.subarray(0, 4));
  throw new EbmcError([report('EBM4006', { file, expected: hex(magic), found })]);
}

function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
