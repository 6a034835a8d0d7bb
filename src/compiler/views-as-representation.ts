/** A model that represents an example by its views: what `ebmc data` shows. */
import type { TypedModel, TypedView } from './check/typed-model.js';

export interface ViewPlace {
  readonly name: string;
  readonly subject: string;
  readonly shape: readonly number[];
  /** Where its values begin in the representation. */
  readonly start: number;
}

export interface ViewedModel {
  /** Its representation is the values of all views, one after the other. */
  readonly model: TypedModel;
  readonly places: readonly ViewPlace[];
}

/** Undefined where the model has no views of numbers. */
export function viewsAsRepresentation(model: TypedModel): ViewedModel | undefined {
  const views = model.views.filter(({ node }) => node.type.dtype === 'float32');
  if (views.length === 0) return undefined;
  let start = 0;
  const places = views.map(({ name, subject, node }) => {
    const shape = node.type.shape.map(Number);
    const place = { name, subject, shape, start };
    start += shape.reduce((a, b) => a * b, 1);
    return place;
  });
  const { builder } = model;
  const flat = views.map(({ node }: TypedView) =>
    builder.reshape(node, [node.type.shape.reduce<number>((a, b) => a * Number(b), 1)]),
  );
  return {
    model: {
      ...model,
      representation: builder.concat(flat, 0),
      viewRepresentations: undefined,
      pairs: undefined,
      energies: [],
    },
    places,
  };
}
