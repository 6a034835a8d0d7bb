/** Bytes as numbers in 0..1. */

const unit = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Writes `bytes` as numbers in 0..1 into `to`, from place `at` on. */
export function toUnit(bytes: Uint8Array, to: Float32Array, at: number): void {
  for (let i = 0; i < bytes.length; i++) to[at + i] = unit[bytes[i]!]!;
}

/** The rows at `indices`, each of `size` bytes. */
export function unitRows(bytes: Uint8Array, size: number, indices: ArrayLike<number>): Float32Array {
  const values = new Float32Array(indices.length * size);
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row]! * size;
    toUnit(bytes.subarray(from, from + size), values, row * size);
  }
  return values;
}
