import type { Nearest } from './algebra.js';

/** Indices of the k largest values, by insertion into a short sorted list; of equal ones the first. */
export function mostSimilar(values: Float32Array, k: number): Int32Array {
  const best = new Int32Array(k);
  const kept = new Float64Array(k).fill(-Infinity);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value > kept[k - 1]!)) continue;
    let place = k - 1;
    while (place > 0 && value > kept[place - 1]!) {
      kept[place] = kept[place - 1]!;
      best[place] = best[place - 1]!;
      place--;
    }
    kept[place] = value;
    best[place] = i;
  }
  return best;
}

/** `mostSimilar` of each row of `products` [height, rows]. */
export function nearestOfProducts(products: Float32Array, height: number, k: number): Nearest {
  const rows = products.length / height;
  const found = { indices: new Int32Array(height * k), products: new Float32Array(height * k) };
  for (let i = 0; i < height; i++) {
    const row = products.subarray(i * rows, (i + 1) * rows);
    const best = mostSimilar(row, k);
    found.indices.set(best, i * k);
    for (let j = 0; j < k; j++) found.products[i * k + j] = row[best[j]!]!;
  }
  return found;
}
