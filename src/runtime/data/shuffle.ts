/** Orders of examples that depend on nothing but numbers: the same seed and epoch give the same order everywhere. */

/** xoshiro128** (Blackman & Vigna 2018), seeded by splitmix32 over the given words. Returns 32 random bits a call. */
export function randomBits(...seed: readonly number[]): () => number {
  let mixed = 0x9e3779b9;
  const splitmix = (): number => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  for (const word of seed) {
    // Both halves of a large seed count.
    mixed = (splitmix() ^ (word | 0)) | 0;
    mixed = (splitmix() ^ Math.floor(word / 2 ** 32)) | 0;
  }
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix() | 1];
  return () => {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}

/** A whole number below `bound`, each equally likely: values that would favour some are drawn again. */
function below(bound: number, bits: () => number): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  let value = bits();
  while (value >= limit) value = bits();
  return value % bound;
}

/** Fisher–Yates, in place. */
export function shuffleInPlace<T extends Uint32Array | number[]>(items: T, bits: () => number): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = below(i + 1, bits);
    const kept = items[i]!;
    items[i] = items[j]!;
    items[j] = kept;
  }
  return items;
}

/** The order of an epoch: a permutation of 0..count−1, a pure function of the seed and the epoch. */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  return shuffleInPlace(
    Uint32Array.from({ length: count }, (_, i) => i),
    randomBits(0x65706f63, seed, epoch),
  );
}
