/** Pictures of bytes in records, channel by channel (CIFAR, STL-10). */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EbmcError, report } from '../../../diagnostics/index.js';
import { toUnit } from '../bytes.js';
import { classColumn } from '../column-sources.js';
import type { PixelColumn, RawSplit } from '../columns.js';
import { readFileRange } from '../read-encoded.js';
import { readError } from '../read-error.js';
import type { PlanarFiles } from './catalog.js';

export async function planarSplit(
  folder: string,
  files: readonly string[],
  layout: PlanarFiles,
  classes: readonly string[],
): Promise<RawSplit> {
  const [height, width, channels] = layout.shape;
  const size = height * width * channels;
  const recordBytes = size + (layout.label?.bytes ?? 0);
  const parts: Uint8Array[] = [];
  for (const file of files) parts.push(await readWhole(join(folder, file), recordBytes));
  const records = Buffer.concat(parts);
  const count = records.length / recordBytes;
  const labels = layout.label
    ? Uint8Array.from({ length: count }, (_, i) => records[i * recordBytes + layout.label!.at]!)
    : await separateLabels(join(folder, files[0]!.replace(/X\.bin$/, 'y.bin')), count);
  const read = (row: number): Promise<Uint8Array> =>
    Promise.resolve(records.subarray((row + 1) * recordBytes - size, (row + 1) * recordBytes));
  return {
    count,
    columns: [pixelsOf(layout, read), classColumn(labels, classes.length > 0 ? classes : undefined)],
  };
}

/** Pictures without classes, read from their files when they are needed: they may be more than memory holds. */
export async function unlabelledSplit(
  folder: string,
  files: readonly string[],
  layout: PlanarFiles,
): Promise<RawSplit> {
  const [height, width, channels] = layout.shape;
  const size = height * width * channels;
  const parts: { readonly file: string; readonly start: number }[] = [];
  let count = 0;
  for (const name of files) {
    const file = join(folder, name);
    parts.push({ file, start: count });
    count += await recordsOf(file, size);
  }
  const read = (row: number): Promise<Uint8Array> => {
    const { file, start } = parts.findLast((part) => part.start <= row)!;
    return readFileRange(file, (row - start) * size, size);
  };
  return { count, columns: [pixelsOf(layout, read)] };
}

/** `read` gives the bytes of a picture as they are stored. */
function pixelsOf(layout: PlanarFiles, read: (row: number) => Promise<Uint8Array>): PixelColumn {
  const order = planarOrder(layout);
  return {
    kind: 'pixels',
    name: 'image',
    shape: layout.shape,
    async read(rows) {
      const values = new Float32Array(rows.length * order.length);
      const pictures = await Promise.all(Array.from(rows, read));
      const picture = new Uint8Array(order.length);
      for (const [place, bytes] of pictures.entries()) {
        for (let k = 0; k < order.length; k++) picture[k] = bytes[order[k]!]!;
        toUnit(picture, values, place * order.length);
      }
      return values;
    },
  };
}

/** Where the value of row, column, channel is in a record. */
function planarOrder({ shape: [height, width, channels], columnMajor }: PlanarFiles): Uint32Array {
  return Uint32Array.from({ length: height * width * channels }, (_, k) => {
    const channel = k % channels;
    const column = Math.floor(k / channels) % width;
    const row = Math.floor(k / channels / width);
    return channel * height * width + (columnMajor ? column * height + row : row * width + column);
  });
}

/** Counted from 1. */
async function separateLabels(file: string, count: number): Promise<Uint8Array> {
  const labels = await readWhole(file, 1);
  if (labels.length !== count) {
    const slots = {
      images: file.replace(/y\.bin$/, 'X.bin'),
      labels: file,
      imageCount: count,
      labelCount: labels.length,
    };
    throw new EbmcError([report('EBM4016', slots)]);
  }
  return labels.map((label) => label - 1);
}

async function readWhole(file: string, recordBytes: number): Promise<Uint8Array> {
  await recordsOf(file, recordBytes);
  try {
    return await readFile(file);
  } catch (error) {
    throw readError(file, error);
  }
}

/** Throws where the file does not hold whole records, at least one. */
async function recordsOf(file: string, recordBytes: number): Promise<number> {
  const { size } = await stat(file).catch((error: unknown) => {
    throw readError(file, error);
  });
  const whole = Math.max(recordBytes, Math.ceil(size / recordBytes) * recordBytes);
  if (size !== whole) throw new EbmcError([report('EBM4007', { file, expected: whole, found: size })]);
  return size / recordBytes;
}
