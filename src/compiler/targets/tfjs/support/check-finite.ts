import type * as tf from '@tensorflow/tfjs-core';

/** The first operation whose result held a number that is not finite. */
export class NotFinite extends Error {
  override readonly name = 'NotFinite';

  constructor(
    readonly scope: string,
    readonly operation: string,
    readonly value: number,
  ) {
    super(`${operation}${scope === '' ? '' : ` in ${scope}`} gave ${value}`);
  }
}

export function checkFinite(tensor: tf.Tensor, scope: string, operation: string): void {
  const value = tensor.dataSync().find((x: number) => !Number.isFinite(x));
  if (value !== undefined) throw new NotFinite(scope, operation, value);
}
