/** Several columns of one number each as one column of all of them. */
import type { Column, TensorColumn } from './columns.js';

/** Undefined where one of them is something else. */
export function stackColumns(name: string, columns: readonly Column[]): TensorColumn | undefined {
  const parts = columns.flatMap((column) => (column.kind === 'tensor' && column.shape.length === 0 ? [column] : []));
  const width = parts.length;
  if (width !== columns.length) return undefined;
  return {
    kind: 'tensor',
    name,
    element: parts.every(({ element }) => element !== 'float') ? 'int' : 'float',
    shape: [width],
    async read(rows, draw) {
      const values = await Promise.all(parts.map((part) => part.read(rows, draw)));
      const stacked = new Float64Array(rows.length * width);
      values.forEach((column, k) => {
        for (let row = 0; row < column.length; row++) stacked[row * width + k] = column[row]!;
      });
      return stacked;
    },
  };
}
