/** A thread that assembles batches while the main thread takes a step, which lets nothing else happen there. */
import { parentPort } from 'node:worker_threads';
import { toUnit, unitRows } from '../bytes.js';
import { decodeImage } from '../decode-image.js';
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
  if (work.kind === 'gather') return { values: unitRows(work.bytes, work.size, work.indices), bad: [] };
  const { items, decoding } = work;
  const size = decoding.height * decoding.width * decoding.channels;
  const values = new Float32Array(items.length * size);
  const bad: BadItem[] = [];
  let next = 0;
  const decodeSome = async (): Promise<void> => {
    for (let place = next++; place < items.length; place = next++) {
      const item = items[place]!;
      const decoded = await decodeImage(item, decoding);
      if (decoded.kind === 'pixels') toUnit(decoded.pixels, values, place * size);
      else bad.push({ place, name: item.name, reason: reasonOf(decoded) });
    }
  };
  await Promise.all(Array.from({ length: atATime }, decodeSome));
  return { values, bad };
}

function reasonOf(decoded: Exclude<Awaited<ReturnType<typeof decodeImage>>, { kind: 'pixels' }>): string {
  return decoded.kind === 'damaged' ? decoded.reason : `it is ${decoded.height} × ${decoded.width}`;
}
