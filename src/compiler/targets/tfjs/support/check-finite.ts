import type * as tf from '@tensorflow/tfjs-core';

/** An operation's result held a number that is not finite; the message says which operation. */
export class NotFinite extends Error {
  override readonly name = 'NotFinite';
}

export function checkFinite(tensor: tf.Tensor, place: string): void {
  if (!tensor.dataSync().every((x: number) => Number.isFinite(x))) throw new NotFinite(place);
}
