/** One operation applied to values with leading axes, by its batching rule. */
import type { Builder } from './builder.js';
import { alignAxes, axisSizes, unionAxes } from './ops/batching.js';
import { type OpName, ops } from './ops/index.js';
import type { Batched } from './ops/op.js';
import type { Attrs } from './types.js';

/**
 * The operation on each example at once: what applying it to the arguments' own shapes would give for every place along their
 * axes. Operations whose batching is 'none' are the lowering's own; they take no axes here.
 */
export function batchOp(b: Builder, name: OpName, args: readonly Batched[], attrs: Attrs): Batched {
  const op = ops[name];
  const axes = unionAxes(args);
  if (axes.length === 0) {
    const node = b.op(
      name,
      args.map((x) => x.node),
      attrs,
    );
    return { node, axes, rank: node.type.shape.length };
  }
  if (typeof op.batching === 'function') return op.batching(b, args, attrs);
  if (op.batching === 'none') throw new Error(`${name} has no batching rule`);
  if (op.batching === 'elementwise') {
    const rank = Math.max(...args.map((x) => x.rank));
    const node = b.op(
      name,
      args.map((x) => alignAxes(b, x, axes, { rank })),
      attrs,
    );
    return { node, axes, rank };
  }
  const [x] = args as readonly [Batched];
  const shifted = op.shift ? op.shift(attrs, axes.length, axisSizes(axes)) : attrs;
  const node = b.op(name, [x.node], shifted);
  return { node, axes, rank: node.type.shape.length - axes.length };
}
