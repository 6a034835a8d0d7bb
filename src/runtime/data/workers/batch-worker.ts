/** A thread that assembles batches while the main thread takes a step, which lets nothing else happen there. */
import { parentPort } from 'node:worker_threads';
import { toUnit, unitRows } from '../bytes.js';
import { writeWithin } from '../cache/write-within.js';
import type { Encoded } from '../columns.js';
import { type Decoding, decodeImage, sizeOf } from '../pictures/decode-image.js';
import { readEncodedAtOnce } from '../read-encoded.js';
import type { Answer, Assembled, BadItem, Request, Work } from './messages.js';

/** Pictures decoded at a time by sharp's own threads. */
const atATime = 4;

parentPort?.on('message', async ({ id, work }: Request) => {
  try {
    const assembled = await assemble(work);
    answer({ id, ...assembled }, [assembled.values.buffer as ArrayBuffer]);
  } catch (error) {
    answer({ id, fault: error instanceof Error ? error.message : String(error) }, []);
  }
});

function answer(message: Answer, transferred: ArrayBuffer[]): void {
  parentPort?.postMessage(message, transferred);
}

async function assemble(work: Work): Promise<Assembled> {
  switch (work.kind) {
    case 'gather':
      return { values: unitRows(work.bytes, work.size, work.indices), bad: [] };
    case 'decode': {
      const { items, decoding } = work;
      const size = sizeOf(decoding);
      const values = new Float32Array(items.length * size);
      const bad = await decodeItems(items, decoding, (pixels, place) => toUnit(pixels, values, place * size));
      return { values, bad };
    }
    case 'fill': {
      const { bytes, indices, missing, items, decoding } = work;
      const size = sizeOf(decoding);
      const bad = await decodeItems(items, decoding, (pixels, place) => bytes.set(pixels, missing[place]! * size));
      return { values: unitRows(bytes, size, indices), bad };
    }
    case 'store':
      await writeWithin(work.writing);
      return { values: new Float32Array(0), bad: [] };
  }
}

async function decodeItems(
  items: readonly Encoded[],
  decoding: Decoding,
  take: (pixels: Uint8Array, place: number) => void,
): Promise<BadItem[]> {
  const bad: BadItem[] = [];
  let next = 0;
  const decodeSome = async (): Promise<void> => {
    for (let place = next++; place < items.length; place = next++) {
      const item = items[place]!;
      const decoded = await decodeImage(item, decoding, readEncodedAtOnce);
      if (decoded.kind === 'pixels') take(decoded.pixels, place);
      else bad.push({ place, name: item.name, problem: decoded });
    }
  };
  await Promise.all(Array.from({ length: atATime }, decodeSome));
  return bad;
}
