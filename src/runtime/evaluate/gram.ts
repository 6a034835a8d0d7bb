/** The Gram matrix of the smaller side, whose eigenvalues are the squared singular values, in double precision. */
import type { Matrix } from './matrix.js';

/** XᵀX or XXᵀ, whichever is smaller, as rows of a square matrix. */
export function smallerGram({ rows, columns, data }: Matrix): Float64Array[] {
  const byRows = rows < columns;
  const size = byRows ? rows : columns;
  const depth = byRows ? columns : rows;
  // Vectors of the smaller side, contiguous.
  const vectors = Array.from({ length: size }, (_, i) => {
    const vector = new Float64Array(depth);
    for (let k = 0; k < depth; k++) vector[k] = data[byRows ? i * columns + k : k * columns + i]!;
    return vector;
  });
  const gram = Array.from({ length: size }, () => new Float64Array(size));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const product = dot(vectors[i]!, vectors[j]!);
      gram[i]![j] = product;
      gram[j]![i] = product;
    }
  }
  return gram;
}

function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const whole = a.length & ~3;
  for (let k = 0; k < whole; k += 4) {
    s0 += a[k]! * b[k]!;
    s1 += a[k + 1]! * b[k + 1]!;
    s2 += a[k + 2]! * b[k + 2]!;
    s3 += a[k + 3]! * b[k + 3]!;
  }
  for (let k = whole; k < a.length; k++) s0 += a[k]! * b[k]!;
  return s0 + s1 + s2 + s3;
}
