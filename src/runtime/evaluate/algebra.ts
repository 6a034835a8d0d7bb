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
        for (let r = 0; r < rows; r++) {
          const row = data.subarray(r * columns, (r + 1) * columns);
          let i = 0;
          // Four products at once: the row is read from memory a quarter as often.
          for (; i + 4 <= height; i += 4) {
            let [s0, s1, s2, s3] = [0, 0, 0, 0];
            for (let k = 0, b0 = i * columns; k < columns; k++, b0++) {
              const value = row[k]!;
              s0 += value * b[b0]!;
              s1 += value * b[b0 + columns]!;
              s2 += value * b[b0 + 2 * columns]!;
              s3 += value * b[b0 + 3 * columns]!;
            }
            product[i * rows + r] = s0;
            product[(i + 1) * rows + r] = s1;
            product[(i + 2) * rows + r] = s2;
            product[(i + 3) * rows + r] = s3;
          }
          for (; i < height; i++) {
            let sum = 0;
            for (let k = 0; k < columns; k++) sum += row[k]! * b[i * columns + k]!;
            product[i * rows + r] = sum;
          }
        }
        return product;
      },
      dispose() {},
    };
  },
};
