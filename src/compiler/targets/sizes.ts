/** Sizes that depend on the number of examples, found by emitting the same function for two numbers of them. */

/** A size: `times` the number of examples, and `plus`. */
export interface Size {
  readonly times: number;
  readonly plus: number;
}

/**
 * Two numbers of examples to emit for. They are primes, so that no other size is mistaken for them, and large, so that a value once an example is
 * never small enough to be written out.
 */
export const probeBatches = [4099, 4111] as const;

export function isProbe(batch: number): boolean {
  return probeBatches.some((probe) => probe === batch);
}

/** What a list of sizes is for any number of examples, from what it is for each of `probeBatches`; undefined where it is no multiple. */
export function sizesBetween(first: readonly number[], second: readonly number[]): readonly Size[] | undefined {
  if (first.length !== second.length) return undefined;
  const [a, b] = probeBatches;
  const sizes = first.map((x, i) => {
    const times = (second[i]! - x) / (b - a);
    return { times, plus: x - times * a };
  });
  return sizes.every(({ times }) => Number.isInteger(times)) ? sizes : undefined;
}

/** A shape for any number of examples, with `batch` where that number is; undefined where a size depends on it otherwise. */
export function freeShape<B>(
  first: readonly number[],
  second: readonly number[],
  batch: B,
): (number | B)[] | undefined {
  const sizes = sizesBetween(first, second);
  const isFree = sizes?.every(({ times, plus }) => times === 0 || (times === 1 && plus === 0));
  return isFree ? sizes?.map(({ times, plus }) => (times === 0 ? plus : batch)) : undefined;
}

export function dependsOnBatch({ times }: Size): boolean {
  return times !== 0;
}

/** A shape to reshape to, where -1 is the one size that depends on the number of examples; undefined where several do. */
export function shapeWithOneUnknown(sizes: readonly Size[]): readonly number[] | undefined {
  if (sizes.filter(dependsOnBatch).length !== 1 || sizes.some(({ times, plus }) => times === 0 && plus === 0))
    return undefined;
  return sizes.map((size) => (dependsOnBatch(size) ? -1 : size.plus));
}
