/**
 * Counter-based random numbers, the same on every target: Philox4x32-10 (Salmon et al. 2011) laid out as TensorFlow's
 * StatelessRandomUniformV2 with the Philox algorithm. A draw is named by (seed, step, site): the key is
 * [seed, hash32(site)], the counter [index low, index high, step low, step high], and each counter value gives four words.
 */

/** Where the numbers of one evaluation come from. */
export interface Draws {
  readonly seed: number;
  readonly step: number;
}

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** FNV-1a over the UTF-16 units of a site's name, with murmur3's finaliser: the second word of the key. */
export function hash32(site: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < site.length; i++) h = Math.imul(h ^ site.charCodeAt(i), 0x01000193);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** High 32 bits of the product of two words. No partial sum reaches 2^32, so all of it is integer arithmetic. */
function mulHigh(a: number, b: number): number {
  const al = a & 0xffff;
  const ah = a >>> 16;
  const bl = b & 0xffff;
  const bh = b >>> 16;
  const middle = (Math.imul(ah, bl) >>> 0) + (Math.imul(al, bl) >>> 16);
  const cross = (Math.imul(al, bh) >>> 0) + (middle & 0xffff);
  return (Math.imul(ah, bh) + (middle >>> 16) + (cross >>> 16)) | 0;
}

/** One block of Philox4x32-10: four words from a counter of four words and a key of two, written at `out[at..at+3]`. */
export function philoxBlock(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key0: number,
  key1: number,
  out: Uint32Array,
  at: number,
): void {
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = mulHigh(M0, c0);
    const low0 = Math.imul(M0, c0);
    const high1 = mulHigh(M1, c2);
    const low1 = Math.imul(M1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + W0) | 0;
    k1 = (k1 + W1) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/** The first `count` words (rounded up to a multiple of four) drawn at a site in a step. */
export function drawWords(draws: Draws, site: string, count: number): Uint32Array {
  const groups = Math.ceil(count / 4);
  const words = new Uint32Array(groups * 4);
  const key1 = hash32(site);
  const stepLow = draws.step >>> 0;
  const stepHigh = Math.floor(draws.step / 4294967296) >>> 0;
  for (let i = 0; i < groups; i++) philoxBlock(i, 0, stepLow, stepHigh, draws.seed, key1, words, i * 4);
  return words;
}

/** A float in [0, 1) from the low 23 bits of a word: bitcast((x & 0x7fffff) | 0x3f800000) - 1, without the bitcast. */
function unit(x: number): number {
  return (x & 0x7fffff) / 8388608;
}

/** `count` floats in [0, 1). */
export function drawUniform(draws: Draws, site: string, count: number): Float32Array {
  const words = drawWords(draws, site, count);
  const result = new Float32Array(count);
  for (let i = 0; i < count; i++) result[i] = unit(words[i]!);
  return result;
}

/** `count` standard normals: Box-Muller on consecutive pairs of uniforms, as TensorFlow's BoxMullerFloat. */
export function drawNormal(draws: Draws, site: string, count: number): Float32Array {
  const words = drawWords(draws, site, count);
  const result = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(Math.max(unit(words[i]!), 1e-7)));
    const angle = 2 * Math.PI * unit(words[i + 1]!);
    result[i] = Math.sin(angle) * radius;
    if (i + 1 < count) result[i + 1] = Math.cos(angle) * radius;
  }
  return result;
}

/** `rows` permutations of 0..size-1, row after row: the stable ascending argsort of uniforms. */
export function drawPermutation(draws: Draws, site: string, rows: number, size: number): Int32Array {
  const keys = drawUniform(draws, site, rows * size);
  const result = new Int32Array(rows * size);
  for (let r = 0; r < rows; r++) {
    const order = Array.from({ length: size }, (_, i) => i);
    order.sort((i, j) => keys[r * size + i]! - keys[r * size + j]! || i - j);
    result.set(order, r * size);
  }
  return result;
}
