import { checkGradient, type TypedModel } from '../../compiler/index.js';
import type { Dataset } from '../data/index.js';
import type { HostTensor } from '../model.js';

/** As few as still cross examples: the reference target computes in float64, number by number. */
const examples = 4;

/** `checkGradient` of a model on its first training examples, at given states. */
export async function gradientError(
  model: TypedModel,
  dataset: Dataset,
  states: Readonly<Record<string, HostTensor>>,
  seed: number,
): Promise<number> {
  const names = model.inputs.map(({ name }) => name);
  const indices = Array.from({ length: examples }, (_, i) => i % dataset.size('train'));
  const batch = await dataset.read('train', indices, names);
  const exact = (tensors: Readonly<Record<string, HostTensor>>) =>
    Object.fromEntries(
      Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]),
    );
  const small: TypedModel = { ...model, batch: examples };
  return checkGradient(small, { inputs: exact(batch), states: exact(states), seed, directions: 2 });
}
