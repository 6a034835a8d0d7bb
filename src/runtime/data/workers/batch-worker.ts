/** A thread that assembles batches while the main thread takes a step, which lets nothing else happen there. */
import { parentPort } from 'node:worker_threads';
import { toUnit, unitRows } from '../bytes.js';
import { decodeImage } from '../decode-image.js';
import type { Answer, Request, Work } from './messages.js';

/** Pictures decoded at a time by sharp's own threads. */
const atATime = 4;

class Failure extends Error {
  constructor(
    readonly file: string,
    readonly reason: string,
  ) {
    super(reason);
  }
}

parentPort?.on('message', async ({ id, work }: Request) => {
  try {
    const values = await assemble(work);
    answer({ id, values }, [values.buffer as ArrayBuffer]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    answer({ id, failure: { file: error instanceof Failure ? error.file : '', reason } }, []);
  }
});

function answer(message: Answer, transferred: ArrayBuffer[]): void {
  parentPort?.postMessage(message, transferred);
}

async function assemble(work: Work): Promise<Float32Array> {
  if (work.kind === 'gather') return unitRows(work.bytes, work.size, work.indices);
  const { files, decoding } = work;
  const size = decoding.height * decoding.width * decoding.channels;
  const values = new Float32Array(files.length * size);
  let next = 0;
  const decodeSome = async (): Promise<void> => {
    for (let row = next++; row < files.length; row = next++) {
      const file = files[row]!;
      const decoded = await decodeImage(file, decoding);
      if (decoded.kind === 'damaged') throw new Failure(file, decoded.reason);
      if (decoded.kind === 'other size') throw new Failure(file, `it is now ${decoded.height} × ${decoded.width}`);
      toUnit(decoded.pixels, values, row * size);
    }
  };
  await Promise.all(Array.from({ length: atATime }, decodeSome));
  return values;
}
