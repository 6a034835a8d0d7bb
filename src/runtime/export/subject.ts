/** What is exported, and what has to be said of it. */
import { fieldTypes, isFieldType } from '../../compiler/field-types.js';
import { crossesExamples, type Frozen, freeze, type Weights } from '../../compiler/freeze/index.js';
import type { TypedModel } from '../../compiler/index.js';
import { probeBatches } from '../../compiler/targets/sizes.js';

/** A value that goes in or comes out. */
export interface ValueAbout {
  readonly name: string;
  readonly dtype: 'float32' | 'int32';
  /** `batch` where the number of examples is free. */
  readonly shape: readonly (number | 'batch')[];
  /** Of an input: its type in the language, e.g. `Image[28, 28, 1]`. */
  readonly declared?: string;
  readonly range: string;
}

export interface About {
  readonly model: string;
  /** Steps that it was trained for. */
  readonly step: number;
  readonly version: string;
  readonly inputs: readonly ValueAbout[];
  readonly output: ValueAbout;
}

export interface Subject {
  readonly model: TypedModel;
  readonly states: Weights;
  readonly step: number;
  readonly version: string;
  /** Examples in a call; undefined: any number. */
  readonly batch: number | undefined;
}

/**
 * An emission for any number of examples, found by comparing two, or for the number that is asked for. Where an example's representation depends
 * on the others of its batch, that is the batch it was trained with.
 */
export function emitFor<E>(
  { model, states, batch }: Subject,
  emit: (frozen: Frozen) => E,
  free: (first: E, second: E) => E | undefined,
): { readonly emitted: E; readonly batch: number | undefined } {
  if (batch === undefined && !crossesExamples(model)) {
    const [first, second] = probeBatches.map((probe) => emit(freeze(model, states, probe))) as [E, E];
    const emitted = free(first, second);
    if (emitted !== undefined) return { emitted, batch: undefined };
  }
  const size = batch ?? model.batch;
  return { emitted: emit(freeze(model, states, size)), batch: size };
}

export function describe(
  { model, step, version }: Subject,
  batch: number | undefined,
  inputs: readonly string[],
): About {
  const lead = batch ?? ('batch' as const);
  const read = model.inputs.filter(({ name }) => inputs.includes(name));
  return {
    ...{ model: model.name, step, version },
    inputs: read.map(({ name, type, declared, below }) => ({
      name,
      dtype: type.dtype === 'int32' ? ('int32' as const) : ('float32' as const),
      shape: [lead, ...type.shape.map(Number)],
      declared,
      range: rangeOf(declared, below),
    })),
    output: {
      name: 'representation',
      dtype: model.representation.type.dtype === 'int32' ? 'int32' : 'float32',
      shape: [lead, ...model.representation.type.shape.map(Number)],
      range: 'any number: the representation as ebmc measures it, not normalised',
    },
  };
}

function rangeOf(declared: string, below: number | undefined): string {
  if (below !== undefined) return `whole numbers 0 to ${below - 1}`;
  const name = declared.split('[')[0]!;
  return isFieldType(name) ? fieldTypes[name].range : fieldTypes.Tensor.range;
}
