import type * as tf from '@tensorflow/tfjs-core';

/** An operation's result held a number that is not finite; the message says which operation. */
export class NotFinite extends Error {
  override readonly name = 'NotFinite';
}

/** `largest`: of numbers of 16 bits, which tfjs computes in float32. */
export function checkFinite(tensor: tf.Tensor, place: string, largest = Number.MAX_VALUE): void {
  for (const x of tensor.dataSync()) {
    if (!Number.isFinite(x)) throw new NotFinite(place);
    if (Math.abs(x) > largest) throw new NotFinite(`${place}, beyond ${largest}`);
  }
}
