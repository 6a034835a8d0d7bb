/** `Image[h, w, c]`: pictures of that size, values in 0..1. */

import { toUnit } from '../bytes.js';
import type { Column } from '../columns.js';
import type { Binding, FieldType, Reader } from './field-type.js';
import { otherShape } from './shapes.js';

export const imageField: FieldType = {
  takesUnnamed: ['pixels'],
  async bind(binding) {
    const readers = binding.columns.map(({ column }) => readerOf(column, binding));
    return readers.every((reader) => reader !== undefined) ? readers : otherShape(binding);
  },
};

function readerOf(column: Column, { field }: Binding): Reader | undefined {
  if (column.kind === 'pixels') {
    return column.shape.every((size, axis) => size === field.shape[axis]) ? (rows) => column.read(rows) : undefined;
  }
  if (column.kind !== 'tensor') return undefined;
  // Arrays of grey pictures often have no axis of channels.
  const shape = column.shape.length === 2 ? [...column.shape, 1] : column.shape;
  if (shape.join() !== field.shape.join()) return undefined;
  return async (rows) => {
    const values = await column.read(rows);
    if (!(values instanceof Uint8Array)) return values instanceof Float32Array ? values : Float32Array.from(values);
    const unit = new Float32Array(values.length);
    toUnit(values, unit, 0);
    return unit;
  };
}
