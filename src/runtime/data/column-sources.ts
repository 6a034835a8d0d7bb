/** Columns of pictures and classes: in memory, or in files that are decoded when they are needed. */
import { unitRows } from './bytes.js';
import type { ClassColumn, EncodedColumn, PixelColumn } from './columns.js';
import { BatchPool } from './workers/pool.js';

type Shape = PixelColumn['shape'];

/** Small pictures in memory, gathered on the spot. */
export function keptPixels(bytes: Uint8Array, shape: Shape): PixelColumn {
  const [height, width, channels] = shape;
  return pixels(shape, async (rows) => unitRows(bytes, height * width * channels, rows));
}

/** Pictures in memory that all threads see, gathered by another thread: row i is the one at `places[i]`. */
export function sharedPixels(bytes: Uint8Array, shape: Shape, places: Uint32Array): PixelColumn {
  const pool = new BatchPool(1);
  const size = shape[0] * shape[1] * shape[2];
  return pixels(shape, async (rows) => {
    const indices = Uint32Array.from(rows, (row) => places[row]!);
    return (await pool.run({ kind: 'gather', bytes, size, indices })).values;
  });
}

/** Files that are read, and decoded, whenever they are needed. */
export function encodedFiles(
  files: readonly string[],
  named: (file: string) => string = (file) => file,
): EncodedColumn {
  return {
    kind: 'encoded',
    name: 'image',
    keeping: { keep: false },
    read: async (rows) => Array.from(rows, (row) => ({ name: named(files[row]!), file: files[row]! })),
  };
}

export function classColumn(labels: ClassColumn['labels'], names?: readonly string[]): ClassColumn {
  return { kind: 'class', name: 'label', labels, ...(names ? { names } : {}) };
}

function pixels(shape: Shape, read: PixelColumn['read']): PixelColumn {
  return { kind: 'pixels', name: 'image', shape, read };
}
