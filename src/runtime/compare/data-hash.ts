/** Tells whether figures were measured on the same data. */
import { createHash } from 'node:crypto';
import type { DatasetDecl } from '../../compiler/declarations.js';
import type { Dataset } from '../data/index.js';

/** Examples of a split whose contents count: all would take as long as an epoch. */
const looked = 256;

/** SHA-256 of the declaration, the sizes of the splits, and evenly spread examples of each. */
export async function hashData(decl: DatasetDecl, dataset: Dataset): Promise<string> {
  const hash = createHash('sha256');
  const { loader, args, selection } = decl;
  const fields = decl.fields.map(({ name, type, shape }) => ({ name, type, shape }));
  hash.update(JSON.stringify({ loader, args, selection, fields }));
  for (const split of dataset.splits) {
    const size = dataset.size(split);
    const count = Math.min(size, looked);
    const rows = Uint32Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
    hash.update(`${split} ${size}`);
    const batch = await dataset.read(split, rows);
    for (const name of Object.keys(batch).sort()) {
      const { shape, data } = batch[name]!;
      hash.update(`${name} ${shape.join()}`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  }
  return hash.digest('hex');
}
