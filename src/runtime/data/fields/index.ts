/** Every type of field there is: one file and one row here. */
import type { FieldTypeName } from '../../../compiler/field-types.js';
import { audioField } from './audio.js';
import { classField } from './class.js';
import type { FieldType } from './field-type.js';
import { imageField } from './image.js';
import { tensorField } from './tensor.js';
import { tokensField } from './tokens.js';

export const fieldBinders: Readonly<Record<FieldTypeName, FieldType>> = {
  Image: imageField,
  Class: classField,
  Tokens: tokensField,
  Audio: audioField,
  Tensor: tensorField,
};
