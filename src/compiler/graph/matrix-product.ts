/** Products of matrices in float64, for the reference definitions. */

/** How many there are of [rows, inner] · [inner, columns], and their sizes. */
export interface ProductSizes {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

/**
 * `left` [batch, rows, inner] times `right` [batch, inner, columns] as [batch, rows, columns]. Two rows take four terms of their sums at
 * once: each number read is used often, and every sum adds its terms in ascending order, as one loop over them would.
 */
export function matrixProduct(left: Float64Array, right: Float64Array, sizes: ProductSizes): Float64Array {
  const { batch, rows, columns, inner } = sizes;
  const product = new Float64Array(batch * rows * columns);
  for (let n = 0; n < batch; n++) {
    const [first, end] = [n * rows, (n + 1) * rows];
    for (let k = 0; k < inner; k += 4) {
      const from = (n * inner + k) * columns;
      if (k + 4 > inner) {
        for (let r = first; r < end; r++) addTerms(product, r, left, right, sizes, k, from);
        continue;
      }
      let r = first;
      for (; r + 1 < end; r += 2) addFourToTwo(product, r * columns, left, r * inner + k, right, from, sizes);
      if (r < end) addTerms(product, r, left, right, sizes, k, from);
    }
  }
  return product;
}

/** Four terms of the sums of the rows at `to` and after it. */
function addFourToTwo(
  product: Float64Array,
  to: number,
  left: Float64Array,
  at: number,
  right: Float64Array,
  from: number,
  { columns, inner }: ProductSizes,
): void {
  const next = at + inner;
  const [a0, a1, a2, a3] = [left[at]!, left[at + 1]!, left[at + 2]!, left[at + 3]!];
  const [b0, b1, b2, b3] = [left[next]!, left[next + 1]!, left[next + 2]!, left[next + 3]!];
  // One-hot rows and zeros are common.
  if (a0 === 0 && a1 === 0 && a2 === 0 && a3 === 0 && b0 === 0 && b1 === 0 && b2 === 0 && b3 === 0) return;
  const [second, from1, from2, from3] = [to + columns, from + columns, from + 2 * columns, from + 3 * columns];
  for (let j = 0; j < columns; j++) {
    const x0 = right[from + j]!;
    const x1 = right[from1 + j]!;
    const x2 = right[from2 + j]!;
    const x3 = right[from3 + j]!;
    product[to + j] = product[to + j]! + a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3;
    product[second + j] = product[second + j]! + b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3;
  }
}

/** Up to four terms of one row's sums. */
function addTerms(
  product: Float64Array,
  row: number,
  left: Float64Array,
  right: Float64Array,
  { columns, inner }: ProductSizes,
  k: number,
  from: number,
): void {
  const to = row * columns;
  for (let i = 0; i < Math.min(4, inner - k); i++) {
    const x = left[row * inner + k + i]!;
    const at = from + i * columns;
    if (x !== 0) for (let j = 0; j < columns; j++) product[to + j]! += x * right[at + j]!;
  }
}
