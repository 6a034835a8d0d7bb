/** Questions about shapes that the passes ask; in a graph every shape is numbers. */
import { staticShape } from '../graph/ops/shapes.js';
import type { Node } from '../graph/types.js';

export function shapeOf(node: Node): readonly number[] {
  return staticShape(node.type.shape);
}

export function sizeOf(node: Node): number {
  let size = 1;
  for (const n of shapeOf(node)) size *= n;
  return size;
}

/** Whether work on `small` costs little beside work on `large`. */
export function isMuchSmaller(small: Node, large: Node): boolean {
  return sizeOf(small) * 4 <= sizeOf(large);
}

/** The shape seen at `rank` axes, aligned at the last: leading ones put before it. */
export function alignedShape(node: Node, rank: number): readonly number[] {
  const shape = shapeOf(node);
  return [...new Array<number>(Math.max(0, rank - shape.length)).fill(1), ...shape];
}

export function axesOf(node: Node): readonly number[] {
  return node.attrs['axes'] as readonly number[];
}
