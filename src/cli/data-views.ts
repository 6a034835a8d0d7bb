/** The views that a model's step would see of some examples, computed by the compiled program. */
import type { TrainDecl } from '../compiler/declarations.js';
import type { TypedModel } from '../compiler/index.js';
import { type ViewPlace, viewsAsRepresentation } from '../compiler/views-as-representation.js';
import type { Batch } from '../runtime/model.js';
import { loadProgram } from './load-program.js';
import type { Output } from './output.js';

export interface Views {
  readonly places: readonly ViewPlace[];
  /** Of an example: the values of all views, at their places. */
  readonly rows: readonly Float32Array[];
}

/** Views of a batch at the first step of the seed; undefined where the model has none. */
export async function viewsOf(
  typed: TypedModel,
  train: TrainDecl,
  batch: Batch,
  backend: string,
  output: Output,
): Promise<Views | undefined> {
  const viewed = viewsAsRepresentation(typed);
  if (!viewed) return undefined;
  const program = await loadProgram(
    viewed.model,
    { ...train, microBatch: undefined, precision: 'float32' },
    backend,
    output,
  );
  try {
    await program.model.init(train.seed);
    const { shape, data } = await program.model.represent(batch);
    const size = shape.slice(1).reduce((a, b) => a * b, 1);
    const rows = Array.from({ length: shape[0]! }, (_, i) =>
      Float32Array.from(data.subarray(i * size, (i + 1) * size)),
    );
    return { places: viewed.places, rows };
  } finally {
    program.close();
  }
}
