import type { OpName } from './ops/index.js';
import type { TensorType } from './types.js';

/** Arguments that do not fit an operation; the message is a sentence for the user. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
  constructor(
    message: string,
    readonly op: OpName,
    readonly args: readonly TensorType[],
  ) {
    super(message);
  }
}
