import * as tf from '@tensorflow/tfjs-core';

/**
 * The random numbers of one step. Every draw is a function of the seed, the step, the place in the program (`site`) and the
 * index of the number, through the counter-based generator Philox4x32-10: nothing depends on what was drawn before.
 */
export class Draws {
  constructor(
    readonly seed: number,
    readonly step: number,
  ) {}

  /** `count` numbers, uniform in [0, 1). */
  uniform(site: string, count: number): Float32Array {
    const values = new Float32Array(count);
    const bits = new Uint32Array(values.buffer);
    this.fill(site, bits);
    for (let i = 0; i < count; i++) bits[i] = ((bits[i] as number) & 0x7fffff) | 0x3f800000;
    for (let i = 0; i < count; i++) values[i] = (values[i] as number) - 1;
    return values;
  }

  /** `count` numbers from the standard normal distribution, by Box and Muller's method. */
  normal(site: string, count: number): Float32Array {
    const values = this.uniform(site, count + (count % 2));
    for (let i = 0; i < values.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(Math.max(values[i] as number, 1e-7)));
      const angle = 2 * Math.PI * (values[i + 1] as number);
      values[i] = radius * Math.sin(angle);
      values[i + 1] = radius * Math.cos(angle);
    }
    return values.subarray(0, count);
  }

  /** `rows` permutations of 0..size-1, one behind the other: each the order of as many uniform numbers. */
  permutations(site: string, rows: number, size: number): Int32Array {
    const keys = this.uniform(site, rows * size);
    const orders = new Int32Array(rows * size);
    for (let start = 0; start < orders.length; start += size) {
      const key = (i: number): number => keys[start + i] as number;
      orders.set(
        Int32Array.from({ length: size }, (_, i) => i).sort((a, b) => key(a) - key(b) || a - b),
        start,
      );
    }
    return orders;
  }

  /** Philox4x32-10 of the key (seed, site) and the counters (0, 0), (1, 0), …, each with the step: four words a counter. */
  private fill(site: string, words: Uint32Array): void {
    const siteKey = hash32(site);
    const stepLow = this.step >>> 0;
    const stepHigh = Math.floor(this.step / 2 ** 32) >>> 0;
    for (let block = 0; block * 4 < words.length; block++) {
      let c0 = block >>> 0;
      let c1 = 0;
      let c2 = stepLow;
      let c3 = stepHigh;
      let k0 = this.seed >>> 0;
      let k1 = siteKey;
      for (let round = 0; round < 10; round++) {
        const high0 = multiplyHigh(0xd2511f53, c0);
        const low0 = Math.imul(0xd2511f53, c0);
        const high1 = multiplyHigh(0xcd9e8d57, c2);
        const low1 = Math.imul(0xcd9e8d57, c2);
        c0 = high1 ^ c1 ^ k0;
        c1 = low1;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 = (k0 + 0x9e3779b9) | 0;
        k1 = (k1 + 0xbb67ae85) | 0;
      }
      // Past the end of `words` a typed array ignores what is written.
      words[block * 4] = c0;
      words[block * 4 + 1] = c1;
      words[block * 4 + 2] = c2;
      words[block * 4 + 3] = c3;
    }
  }
}

/** The upper half of the 64-bit product of two unsigned 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0;
}

/** FNV-1a over the UTF-16 units of a text, with murmur3's finaliser. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function randomUniform(draws: Draws, site: string, shape: number[]): tf.Tensor {
  return tf.tensor(draws.uniform(site, tf.util.sizeFromShape(shape)), shape, 'float32');
}

export function randomNormal(draws: Draws, site: string, shape: number[]): tf.Tensor {
  return tf.tensor(draws.normal(site, tf.util.sizeFromShape(shape)), shape, 'float32');
}

/** Permutations along the last axis. */
export function randomPermutation(draws: Draws, site: string, shape: number[]): tf.Tensor {
  const size = shape[shape.length - 1] as number;
  return tf.tensor(draws.permutations(site, tf.util.sizeFromShape(shape) / size, size), shape, 'int32');
}
