/** Representations of a split's examples by a model whose states stay as they are. */
import type { Dataset, SplitName } from '../data/index.js';
import type { LoadedModel } from '../model.js';
import { asMatrix, type Matrix } from './matrix.js';

/** One row an index. The last batch is filled up with its first example; the surplus rows are dropped. */
export async function features(
  model: LoadedModel,
  dataset: Dataset,
  split: SplitName,
  indices: ArrayLike<number> = Array.from({ length: dataset.size(split) }, (_, i) => i),
  onBatch: (done: number) => void = () => {},
): Promise<Matrix> {
  const names = model.inputs.map(({ name }) => name);
  const count = indices.length;
  let all: Matrix = { rows: 0, columns: 0, data: new Float32Array(0) };
  for (let start = 0; start < count; start += model.batch) {
    const here = Uint32Array.from({ length: model.batch }, (_, i) => indices[start + i] ?? indices[start]!);
    const rows = asMatrix(await model.represent(await dataset.read(split, here, names)));
    if (start === 0) {
      all = { rows: count, columns: rows.columns, data: new Float32Array(count * rows.columns) };
    }
    const used = Math.min(model.batch, count - start);
    all.data.set(rows.data.subarray(0, used * rows.columns), start * rows.columns);
    onBatch(start + used);
  }
  return all;
}
