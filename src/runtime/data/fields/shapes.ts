/** Shapes of fields and of what fills them. */
import type { FieldDecl } from '../../../compiler/declarations.js';
import { type Diagnostic, report } from '../../../diagnostics/index.js';
import { describeColumn } from '../columns.js';
import type { Binding } from './field-type.js';

/** A type as it is written in a program. */
export function fieldType(field: Pick<FieldDecl, 'type' | 'shape'>): string {
  const shape = `[${field.shape.join(', ')}]`;
  return field.type === 'Tensor' ? shape : field.type + shape;
}

export function valuesOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** What is there is not what the field says. */
export function otherShape({ decl, field, columns }: Binding, actual = describeColumn(columns[0]!.column)): Diagnostic {
  const slots = { dataset: decl.name, field: field.name, declared: fieldType(field), actual };
  return report('EBM4003', slots, { span: field.span });
}
