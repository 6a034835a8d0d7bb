import { type Program, scalarInputs } from '../../compiler/graph/types.js';
import type { LoadedModel } from '../model.js';

/** What a step takes of the data: its inputs but for the learning rate and the progress. */
export function fieldsOf(program: Program): LoadedModel['inputs'] {
  return program.step.inputs
    .map((node) => ({
      name: String(node.attrs['name']),
      shape: node.type.shape.map(Number),
      dtype: node.type.dtype === 'int32' ? ('int32' as const) : ('float32' as const),
    }))
    .filter((input) => !scalarInputs.includes(input.name));
}
