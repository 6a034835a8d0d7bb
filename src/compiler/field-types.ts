/** The types that fields of data sets and `data` of models may have. A new one is one row here and one in `runtime/data/fields/`. */
import type { DType } from './graph/types.js';

export interface FieldTypeInfo {
  /** What one example's value is; Markdown. */
  readonly doc: string;
  /** As it is written, for messages. */
  readonly spelling: string;
  /** How many dimensions are written; undefined: any number. */
  readonly rank: number | undefined;
  readonly dtype: DType;
  /** The shape of one example's value, of the written dimensions. */
  exampleShape<Dim>(dims: readonly Dim[]): readonly Dim[];
  /** Of whole numbers: which written dimension they are below. */
  readonly below?: number;
  /** What its values may be, for people. */
  readonly range: string;
}

const asWritten = <Dim>(dims: readonly Dim[]): readonly Dim[] => dims;
const firstOnly = <Dim>(dims: readonly Dim[]): readonly Dim[] => dims.slice(0, 1);

export const fieldTypes = {
  Image: {
    doc: 'A picture: height, width, channels. 1 channel reads grey, 3 red, green and blue, 4 also opacity.',
    spelling: 'Image[h, w, c]',
    rank: 3,
    dtype: 'float32',
    exampleShape: asWritten,
    range: 'numbers in 0..1',
  },
  Class: {
    doc: 'One of n classes, a whole number counted from 0. Words are numbered in their order, over all splits.',
    spelling: 'Class[n]',
    rank: 1,
    dtype: 'int32',
    exampleShape: () => [],
    below: 0,
    range: 'whole numbers from 0',
  },
  Tokens: {
    doc: 'A text of so many tokens, each an id below `vocab`: texts through a tokenizer, or whole numbers as they are.',
    spelling: 'Tokens[length, vocab]',
    rank: 2,
    dtype: 'int32',
    exampleShape: firstOnly,
    below: 1,
    range: 'whole numbers from 0',
  },
  Audio: {
    doc: 'A window of a sound of one channel.',
    spelling: 'Audio[samples]',
    rank: 1,
    dtype: 'float32',
    exampleShape: asWritten,
    range: 'numbers in -1..1',
  },
  Tensor: {
    doc: 'Numbers as they are stored; of pictures their values in 0..1. Any number of dimensions.',
    spelling: '[d]',
    rank: undefined,
    dtype: 'float32',
    exampleShape: asWritten,
    range: 'numbers as the data has them',
  },
} satisfies Record<string, FieldTypeInfo>;

export type FieldTypeName = keyof typeof fieldTypes;

export function isFieldType(name: string): name is FieldTypeName {
  return Object.hasOwn(fieldTypes, name);
}

export function fieldTypeInfo(name: FieldTypeName): FieldTypeInfo {
  return fieldTypes[name];
}

/** All spellings, for messages. */
export const fieldTypeSpellings = Object.values(fieldTypes)
  .map(({ spelling }) => spelling)
  .join(', ');
