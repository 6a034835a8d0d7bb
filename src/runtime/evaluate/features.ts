/** Representations of a split's examples by a model whose states stay as they are. */
import type { Dataset, SplitName } from '../data/index.js';
import type { Batch, HostTensor, LoadedModel } from '../model.js';
import { asMatrix, type Matrix } from './matrix.js';

/** One row an index. The last batch is filled up with its first example; the surplus rows are dropped. */
export async function features(
  model: LoadedModel,
  dataset: Dataset,
  split: SplitName,
  indices: ArrayLike<number> = Array.from({ length: dataset.size(split) }, (_, i) => i),
  onBatch: (done: number) => void = () => {},
  represent: (batch: Batch) => Promise<HostTensor> = (batch) => model.represent(batch),
): Promise<Matrix> {
  const names = model.inputs.map(({ name }) => name);
  const count = indices.length;
  let all: Matrix = { rows: 0, columns: 0, data: new Float32Array(0) };
  const read = (start: number): Promise<Batch> => {
    const here = Uint32Array.from({ length: model.batch }, (_, i) => indices[start + i] ?? indices[start]!);
    const reading = dataset.read(split, here, names);
    // Where it fails after something else did, nobody asks for it.
    reading.catch(() => {});
    return reading;
  };
  let coming = count > 0 ? read(0) : undefined;
  for (let start = 0; start < count; start += model.batch) {
    const batch = await coming!;
    if (start + model.batch < count) coming = read(start + model.batch);
    const rows = asMatrix(await represent(batch));
    if (start === 0) {
      all = { rows: count, columns: rows.columns, data: new Float32Array(count * rows.columns) };
    }
    const used = Math.min(model.batch, count - start);
    all.data.set(rows.data.subarray(0, used * rows.columns), start * rows.columns);
    onBatch(start + used);
  }
  return all;
}

/**
 * Representations of the first two views of a split's examples; undefined where the model has no two views. Views are drawn by step: the same
 * ones whenever a model is measured from the same `firstStep`, others for each batch.
 */
export async function viewFeatures(
  model: LoadedModel,
  dataset: Dataset,
  split: SplitName,
  indices?: ArrayLike<number>,
  firstStep = 0,
): Promise<readonly [Matrix, Matrix] | undefined> {
  if (!model.representViews) return undefined;
  const { stepNumber } = model;
  let drawn = firstStep;
  const both = await features(model, dataset, split, indices, undefined, (batch) => {
    model.stepNumber = drawn++;
    return model.representViews!(batch);
  });
  model.stepNumber = stepNumber;
  const columns = both.columns / 2;
  const half = (k: number): Matrix => {
    const data = new Float32Array(both.rows * columns);
    for (let i = 0; i < both.rows; i++)
      data.set(both.data.subarray((2 * i + k) * columns, (2 * i + k + 1) * columns), i * columns);
    return { rows: both.rows, columns, data };
  };
  return [half(0), half(1)];
}
