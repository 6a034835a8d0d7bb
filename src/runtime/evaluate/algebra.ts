/** The products that evaluation spends its time on, with one large matrix kept where products are fast. */
import type { Matrix } from './matrix.js';

export interface FixedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** X·B for B [columns, width], row by row. */
  times(b: Float32Array, width: number): Promise<Float32Array>;
  /** Xᵀ·B for B [rows, width]. */
  transposedTimes(b: Float32Array, width: number): Promise<Float32Array>;
  /** B·Xᵀ for B [height, columns]. */
  dotRows(b: Float32Array, height: number): Promise<Float32Array>;
  dispose(): void;
}

export interface Algebra {
  fix(matrix: Matrix): FixedMatrix;
}

/** Plain loops: always there, the same on every machine. */
export const plainAlgebra: Algebra = {
  fix({ rows, columns, data }) {
    return {
      rows,
      columns,
      async times(b, width) {
        const product = new Float32Array(rows * width);
        const sums = new Float64Array(width);
        for (let i = 0; i < rows; i++) {
          sums.fill(0);
          for (let k = 0; k < columns; k++) {
            const x = data[i * columns + k]!;
            if (x === 0) continue;
            for (let j = 0; j < width; j++) sums[j]! += x * b[k * width + j]!;
          }
          product.set(sums, i * width);
        }
        return product;
      },
      async transposedTimes(b, width) {
        const sums = new Float64Array(columns * width);
        for (let i = 0; i < rows; i++) {
          for (let k = 0; k < columns; k++) {
            const x = data[i * columns + k]!;
            if (x === 0) continue;
            for (let j = 0; j < width; j++) sums[k * width + j]! += x * b[i * width + j]!;
          }
        }
        return Float32Array.from(sums);
      },
      async dotRows(b, height) {
        const product = new Float32Array(height * rows);
        for (let i = 0; i < height; i++) {
          for (let r = 0; r < rows; r++) {
            let sum = 0;
            for (let k = 0; k < columns; k++) sum += b[i * columns + k]! * data[r * columns + k]!;
            product[i * rows + r] = sum;
          }
        }
        return product;
      },
      dispose() {},
    };
  },
};
