/** Columns of a table whose rows are read in blocks. */
import type { Column } from '../columns.js';
import { valuesOf } from '../fields/shapes.js';
import type { PartedRows } from '../parted-rows.js';
import type { TableColumn } from './table.js';

export function columnOf({ name, kind, shape }: TableColumn, rows: PartedRows, folder: string): Column {
  if (kind === 'text') {
    return {
      kind,
      name,
      folder,
      async read(wanted) {
        const values = new Array<string>(wanted.length);
        await rows.gather<string>(name, wanted, (from, row, place) => {
          values[place] = from[row]!;
        });
        return values;
      },
    };
  }
  const width = valuesOf(shape);
  return {
    kind,
    name,
    element: 'float',
    shape,
    async read(wanted) {
      const values = new Float64Array(wanted.length * width);
      await rows.gather<number>(name, wanted, (from, row, place) => {
        for (let k = 0; k < width; k++) values[place * width + k] = from[row * width + k]!;
      });
      return values;
    },
  };
}
