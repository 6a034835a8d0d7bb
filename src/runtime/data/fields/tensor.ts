/** `[d]`: numbers as they are stored, in any arrangement of as many; of pictures, their values in 0..1. */
import type { Column } from '../columns.js';
import type { FieldType, Reader } from './field-type.js';
import { otherShape, valuesOf } from './shapes.js';

export const tensorField: FieldType = {
  takesUnnamed: ['pixels'],
  async bind(binding) {
    const size = valuesOf(binding.field.shape);
    const readers = binding.columns.map(({ column }) => readerOf(column, size));
    return readers.every((reader) => reader !== undefined) ? { readers } : otherShape(binding);
  },
};

function readerOf(column: Column, size: number): Reader | undefined {
  if ((column.kind !== 'tensor' && column.kind !== 'pixels') || valuesOf(column.shape) !== size) return undefined;
  return async (rows, draw) => {
    const values = await column.read(rows, draw);
    return values instanceof Float32Array ? values : Float32Array.from(values);
  };
}
