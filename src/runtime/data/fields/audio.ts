/** `Audio[samples]`: sounds of one channel, samples in -1..1. */
import type { Binding, FieldType, Reader } from './field-type.js';
import { otherShape, valuesOf } from './shapes.js';

export const audioField: FieldType = {
  takesUnnamed: ['tensor'],
  async bind(binding: Binding) {
    const [samples] = binding.field.shape;
    const readers = binding.columns.map(({ column }): Reader | undefined => {
      if (column.kind !== 'tensor' || valuesOf(column.shape) !== samples) return undefined;
      return async (rows, draw) => {
        const values = await column.read(rows, draw);
        return values instanceof Float32Array ? values : Float32Array.from(values);
      };
    });
    return readers.every((reader) => reader !== undefined) ? { readers } : otherShape(binding);
  },
};
