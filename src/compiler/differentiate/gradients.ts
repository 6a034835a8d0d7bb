/**
 * Reverse-mode differentiation of graph values. In: a scalar and the values to differentiate it by. Out: one value for each of
 * them, of its shape, made of graph operations only, so that it can be differentiated again.
 */
import type { Builder } from '../graph/builder.js';
import { sameShape, showShape } from '../graph/dim.js';
import { ops } from '../graph/ops/index.js';
import { topological } from '../graph/schedule.js';
import { substitute } from '../graph/substitute.js';
import type { Node } from '../graph/types.js';

/** The nodes, of those in `order`, that depend on one of `wrt`. */
function dependents(order: readonly Node[], wrt: readonly Node[]): ReadonlySet<Node> {
  const found = new Set<Node>(wrt);
  for (const node of order) {
    if (node.op === 'stop_gradient' || found.has(node)) continue;
    if (node.args.some((arg) => found.has(arg))) found.add(node);
  }
  return found;
}

/**
 * The gradient of `output` by each of `wrt`; zeros where it does not depend on one. `seed` is the cotangent of `output`, one
 * where absent; with a seed the output may have any shape (a vector–Jacobian product).
 */
export function gradients(b: Builder, output: Node, wrt: readonly Node[], seed?: Node): Node[] {
  if (!seed && output.type.shape.length > 0)
    throw new Error(`only a scalar has a gradient, and this value is ${showShape(output.type.shape)}`);
  const [spelled, ...values] = spellOut(b, [output, ...wrt]) as [Node, ...Node[]];
  const order = topological([spelled]);
  const relevant = dependents(order, values);
  const targets = new Set(values);
  const cotangents = new Map<Node, Node>([[spelled, seed ?? b.onesLike(output)]]);
  const place = b.place;
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    const cotangent = cotangents.get(node);
    if (!cotangent || !relevant.has(node) || !node.args.some((arg) => relevant.has(arg))) continue;
    if (!targets.has(node)) cotangents.delete(node);
    b.place = { scope: node.scope, span: node.span };
    const parts = ops[node.op].gradient?.(b, node, cotangent, node.attrs) ?? [];
    node.args.forEach((arg, k) => {
      const part = parts[k];
      if (!part || !relevant.has(arg)) return;
      if (!sameShape(part.type.shape, arg.type.shape))
        throw new Error(
          `${node.op}: the cotangent of argument ${k} is ${showShape(part.type.shape)}, not ${showShape(arg.type.shape)}`,
        );
      const sum = cotangents.get(arg);
      cotangents.set(arg, sum ? b.add(sum, part) : part);
    });
  }
  b.place = place;
  return values.map((x) => cotangents.get(x) ?? b.zerosLike(x));
}

/** The values with operations that have a spelling but no gradient written by others, as gradients of fused operations are. */
function spellOut(b: Builder, roots: readonly Node[]): readonly Node[] {
  const hasGradient = ({ op }: Node): boolean => ops[op].gradient !== undefined || ops[op].spell === undefined;
  if (topological(roots).every(hasGradient)) return roots;
  return substitute(b, roots, new Map(), (node, args) =>
    hasGradient(node) ? undefined : ops[node.op].spell?.(b, args, node.attrs),
  );
}
