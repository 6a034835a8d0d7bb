/**
 * How much encoder outputs differ from example to example, and in how many ways: what is left of them while an objective that a constant solves is trained.
 * In: the outputs over a batch, the examples along one of their leading axes. Out: scalars of their values, through which no gradient flows.
 */
import type { Builder } from '../graph/builder.js';
import type { Batched } from '../graph/ops/op.js';
import type { Axis, Node } from '../graph/types.js';

export const spreadOutput = 'gauge.output_spread';
export const rankOutput = 'gauge.output_rank';

/** Outputs that are 0 altogether do not differ. */
const tiny = 1e-30;

/**
 * Of differences from the mean over examples: √(Σ difference² / Σ value²), from 0 (all have the same output) to 1 (their mean is 0), and (tr C)² / tr C² of their covariance C over examples,
 * the number of directions if all count alike. Of several outputs, the mean.
 */
export function outputGauges(b: Builder, outputs: readonly Batched[], examples: Axis): Readonly<Record<string, Node>> {
  b.place = { scope: 'gauges', span: undefined };
  const spreads: Node[] = [];
  const ranks: Node[] = [];
  for (const { node, axes } of outputs) {
    const at = axes.findIndex(({ id }) => id === examples.id);
    if (at < 0) continue;
    const value = b.stop(node);
    const apart = b.sub(value, b.mean(value, [at], true));
    const size = b.sum(b.square(apart));
    const others = node.type.shape.flatMap((_, k) => (k === at ? [] : [k]));
    const products = b.contract(apart, apart, [others, others]);
    spreads.push(b.sqrt(b.div(size, b.add(b.sum(b.square(value)), b.scalar(tiny)))));
    ranks.push(b.div(b.square(size), b.add(b.sum(b.square(products)), b.scalar(tiny))));
  }
  if (spreads.length === 0) return {};
  const mean = (values: readonly Node[]): Node =>
    b.scale(
      values.reduce((sum, one) => b.add(sum, one)),
      1 / values.length,
    );
  return { [spreadOutput]: mean(spreads), [rankOutput]: mean(ranks) };
}
