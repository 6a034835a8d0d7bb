import type { Algebra, CrossEntropy } from './algebra.js';
import type { Matrix } from './matrix.js';
import { nearestOfProducts } from './most-similar.js';
import { softmaxInPlace } from './softmax.js';

/** Plain loops: always there, the same on every machine. */
export const plainAlgebra: Algebra = {
  fix(matrix) {
    return {
      rows: matrix.rows,
      columns: matrix.columns,
      times: async (b, width) => times(matrix, b, width),
      dotRows: async (b, height) => dotRows(matrix, b, height),
      nearest: async (b, height, k) => nearestOfProducts(dotRows(matrix, b, height), height, k),
      crossEntropy: (labels, classes) => crossEntropy(matrix, labels, classes),
      dispose() {},
    };
  },
};

function times({ rows, columns, data }: Matrix, b: Float32Array, width: number): Float32Array {
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
}

function transposedTimes({ rows, columns, data }: Matrix, b: Float32Array, width: number): Float64Array {
  const sums = new Float64Array(columns * width);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) {
      const x = data[i * columns + k]!;
      if (x === 0) continue;
      for (let j = 0; j < width; j++) sums[k * width + j]! += x * b[i * width + j]!;
    }
  }
  return sums;
}

function dotRows({ rows, columns, data }: Matrix, b: Float32Array, height: number): Float32Array {
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
}

function crossEntropy(x: Matrix, labels: ArrayLike<number>, classes: number): CrossEntropy {
  const inner = x.columns * classes;
  return async (weights) => {
    const residuals = times(x, Float32Array.from(weights.subarray(0, inner)), classes);
    const losses = new Float32Array(x.rows);
    const intercepts = new Float64Array(classes);
    for (let i = 0; i < x.rows; i++) {
      losses[i] = softmaxInPlace(residuals, i * classes, weights.subarray(inner), labels[i]!);
      residuals[i * classes + labels[i]!]! -= 1;
      for (let c = 0; c < classes; c++) intercepts[c]! += residuals[i * classes + c]!;
    }
    const gradient = new Float32Array(weights.length);
    gradient.set(transposedTimes(x, residuals, classes));
    gradient.set(intercepts, inner);
    return { losses, gradient };
  };
}
