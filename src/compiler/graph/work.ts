/** How much arithmetic operations are, from the op table. */

import { countOf } from './ndarray.js';
import { ops } from './ops/index.js';
import { staticShape } from './ops/shapes.js';
import type { Node } from './types.js';

/** Floating point operations of one call: two for a multiplication with its addition, one for each number of an elementwise result. */
export function flopsOf(node: Node): number {
  const { flops } = ops[node.op];
  const types = node.args.map((arg) => arg.type);
  return flops ? flops(types, node.type, node.attrs) : numbersIn(node);
}

/** The numbers that a value holds. */
export function numbersIn(node: Node): number {
  return countOf(staticShape(node.type.shape));
}
