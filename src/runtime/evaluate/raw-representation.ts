/** What an example is without an encoder: its numbers side by side; where it has none, how often each token is in it. */
import type { Dataset } from '../data/index.js';
import type { Batch, HostTensor, LoadedModel } from '../model.js';
import { asMatrix, type Matrix } from './matrix.js';

/** Of a larger vocabulary several tokens share a column (Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning"). */
const mostColumns = 2048;

export function rawRepresentation(model: LoadedModel, dataset: Dataset): (batch: Batch) => Promise<HostTensor> {
  const numbers = model.inputs.filter(({ dtype }) => dtype === 'float32').map(({ name }) => name);
  const read = new Set(model.inputs.map(({ name }) => name));
  const texts = dataset.fields.filter(({ name, type }) => type === 'Tokens' && read.has(name));
  return async (batch) => {
    const parts =
      numbers.length > 0
        ? numbers.map((name) => asMatrix(batch[name]!))
        : texts.map(({ name, shape }) => counts(batch[name]!, shape[1]!));
    return sideBySide(parts, model.batch);
  };
}

function sideBySide(parts: readonly Matrix[], rows: number): HostTensor {
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const data = new Float32Array(rows * columns);
  let offset = 0;
  for (const part of parts) {
    for (let row = 0; row < part.rows; row++)
      data.set(part.data.subarray(row * part.columns, (row + 1) * part.columns), row * columns + offset);
    offset += part.columns;
  }
  return { shape: [rows, columns], data };
}

function counts({ shape, data }: HostTensor, vocabulary: number): Matrix {
  const rows = shape[0]!;
  const length = data.length / rows;
  const columns = Math.min(vocabulary, mostColumns);
  const found = new Float32Array(rows * columns);
  for (let i = 0; i < data.length; i++) found[Math.floor(i / length) * columns + (data[i]! % columns)]!++;
  return { rows, columns, data: found };
}
