import { type EpochGraphs, type Program, scalarInputs } from '../../compiler/graph/types.js';
import type { LoadedModel } from '../model.js';

/** What training takes of the data: the inputs of a step but for the learning rate and the progress, and what the beginning of an epoch needs besides. */
export function fieldsOf({ batch, step, epoch }: Program): LoadedModel['inputs'] {
  const fields = new Map<string, LoadedModel['inputs'][number]>();
  for (const node of [...step.inputs, ...(epoch?.gather?.inputs ?? [])]) {
    const name = String(node.attrs['name']);
    if (scalarInputs.includes(name) || fields.has(name)) continue;
    const [, ...own] = node.type.shape.map(Number);
    fields.set(name, { name, shape: [batch, ...own], dtype: node.type.dtype === 'int32' ? 'int32' : 'float32' });
  }
  return [...fields.values()];
}

/** How many examples' values the beginning of an epoch takes, by their names. */
export function wantedBy({ update }: EpochGraphs): Readonly<Record<string, number>> {
  return Object.fromEntries(update.inputs.map((node) => [String(node.attrs['name']), Number(node.type.shape[0])]));
}
