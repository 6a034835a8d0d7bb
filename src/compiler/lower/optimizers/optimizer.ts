import type { Builder } from '../../graph/builder.js';
import type { Node } from '../../graph/types.js';

/** A parameter at the start of the step, and the gradient of the loss with respect to it. */
export interface Trained {
  readonly name: string;
  readonly value: Node;
  readonly gradient: Node;
}

/** Where an optimizer keeps its slots. */
export interface Slots {
  /** The slot's value at the start of the step; it starts at 0. */
  read(name: string, shape: readonly number[]): Node;
  write(name: string, value: Node): void;
}

/**
 * The new values of all parameters, by name. `rate` is the scheduled rate of this step. Weight decay leaves vectors
 * (biases and the scales of norms) alone, as the methods' published recipes do.
 */
export interface Optimizer {
  readonly doc: string;
  update(
    b: Builder,
    parameters: readonly Trained[],
    rate: Node,
    settings: Readonly<Record<string, number>>,
    slots: Slots,
    /** Whether the target has the update of a parameter as one operation. */
    fused?: boolean,
  ): Map<string, Node>;
}

export function decays(parameter: Trained): boolean {
  return parameter.value.type.shape.length > 1;
}

export function shapeOf(node: Node): number[] {
  return node.type.shape.map(Number);
}
