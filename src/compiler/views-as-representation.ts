/** A model that represents an example by its views: what `ebmc data` shows. */
import type { TypedModel, TypedView } from './check/typed-model.js';
import { sameShape } from './graph/dim.js';

export interface ViewPlace {
  readonly name: string;
  readonly subject: string;
  readonly shape: readonly number[];
  /** Whole numbers are given as numbers. */
  readonly dtype: 'float32' | 'int32';
  /** Where its values begin in the representation. */
  readonly start: number;
}

export interface ViewedModel {
  /** Its representation is the values of all views, one after the other. */
  readonly model: TypedModel;
  readonly places: readonly ViewPlace[];
}

/** Undefined where the model has no views. What a mask makes of a text, such as one with hidden tokens, counts as a view. */
export function viewsAsRepresentation(model: TypedModel): ViewedModel | undefined {
  const { builder } = model;
  const views = [...model.views, ...maskedTexts(model)].filter(({ node }) => node.type.dtype !== 'bool');
  if (views.length === 0) return undefined;
  let start = 0;
  const places = views.map(({ name, subject, node }) => {
    const shape = node.type.shape.map(Number);
    const dtype = node.type.dtype === 'int32' ? 'int32' : 'float32';
    const place = { name, subject, shape, dtype, start } as const;
    start += shape.reduce((a, b) => a * b, 1);
    return place;
  });
  const flat = views.map(({ node }: TypedView) => {
    const numbers = node.type.dtype === 'int32' ? builder.cast(node, 'float32') : node;
    return builder.reshape(numbers, [node.type.shape.reduce<number>((a, b) => a * Number(b), 1)]);
  });
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

/** Tensors of a mask that are whole numbers of the same shape as the text that it masks. */
function maskedTexts({ masks, inputs }: TypedModel): TypedView[] {
  return masks.flatMap(({ name, subject, fields }) => {
    const text = inputs.find((input) => input.name === subject && input.type.dtype === 'int32');
    return fields.flatMap((field) =>
      text && field.node.type.dtype === 'int32' && sameShape(field.node.type.shape, text.type.shape)
        ? [{ name: `${name}.${field.name}`, subject, node: field.node }]
        : [],
    );
  });
}
