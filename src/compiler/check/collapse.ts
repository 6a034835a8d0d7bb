import type { Diagnostic } from '../../diagnostics/index.js';
import type { TypedModel } from './typed-model.js';

export function analyseCollapse(_model: TypedModel): readonly Diagnostic[] {
  return [];
}
