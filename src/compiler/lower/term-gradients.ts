/**
 * How the gradients of an objective's terms lie to one another: what gradient conflict is computed from.
 * In: the terms of a step. Out: scalars `gradient.i.j`, i ≤ j, the inner product of the gradients of terms i and j with respect to the encoder's parameters.
 * It guarantees that only parameters count which the representation reads, and each term's only as far as its group trains them.
 */
import { followsGroup, type TypedModel } from '../check/typed-model.js';
import { gradients } from '../differentiate/index.js';
import type { Builder } from '../graph/builder.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';

/** The output with the inner product of two terms' gradients, by their places. */
export function gradientProduct(first: number, second: number): string {
  return `gradient.${Math.min(first, second)}.${Math.max(first, second)}`;
}

export function termGradients(b: Builder, model: TypedModel, terms: readonly Node[]): Record<string, Node> {
  b.place = { scope: 'loss', span: undefined };
  const encoder = encoderParameters(model);
  const values = encoder.map(({ name, type }) => b.state(name, type.shape, type.dtype));
  const found = terms.map((term, k) => {
    const own = encoder.map(({ name }) => followsGroup(name, model.terms[k]!.group, model.groups));
    const followed = values.filter((_, i) => own[i]);
    const cotangents = gradients(b, term, followed).values();
    return own.map((isOwn) => (isOwn ? cotangents.next().value : undefined));
  });
  const outputs: Record<string, Node> = {};
  for (const [i, first] of found.entries()) {
    for (const [j, second] of found.entries()) {
      if (j < i) continue;
      const products = first.flatMap((gradient, k) => {
        const other = second[k];
        return gradient && other ? [b.sum(b.mul(gradient, other))] : [];
      });
      outputs[gradientProduct(i, j)] = products.reduce((sum, product) => b.add(sum, product), b.scalar(0));
    }
  }
  return outputs;
}

/** Parameters that the representation reads. */
export function encoderParameters({ representation, states }: TypedModel): TypedModel['states'] {
  const read = new Set(
    topological([representation]).flatMap(({ op, attrs }) => (op === 'state' ? [String(attrs['name'])] : [])),
  );
  return states.filter(({ name, role }) => role === 'parameter' && read.has(name));
}
