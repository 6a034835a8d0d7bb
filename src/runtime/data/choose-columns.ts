/** Which columns fill a field: those that the data set names, the one of the field's name, or the only ones of its type. */
import type { DatasetDecl, FieldDecl } from '../../compiler/declarations.js';
import { type Diagnostic, nearest, report } from '../../diagnostics/index.js';
import { type Column, type ColumnKind, describeColumn } from './columns.js';
import { fieldBinders } from './fields/index.js';
import { fieldType, valuesOf } from './fields/shapes.js';

/** What a loader knows of a column before it reads it. */
export type ColumnHead = { readonly name: string; readonly kind: ColumnKind; readonly shape?: readonly number[] };

/** Field → names of columns; a field that nothing fills has none. */
export function chooseColumns(
  decl: DatasetDecl,
  columns: readonly ColumnHead[],
): ReadonlyMap<string, readonly string[]> {
  const chosen = new Map<string, readonly string[]>();
  const known = new Set(columns.map(({ name }) => name));
  const asked = decl.selection?.columns ?? {};
  for (const { name } of decl.fields) {
    const wanted = asked[name] ?? [name];
    if (wanted.every((column) => known.has(column))) chosen.set(name, wanted);
  }
  for (const field of decl.fields) {
    if (chosen.has(field.name) || asked[field.name]) continue;
    const taken = new Set([...chosen.values()].flat());
    const found = byType(
      field,
      columns.filter(({ name }) => !taken.has(name)),
    );
    if (found) chosen.set(field.name, found);
  }
  return chosen;
}

function byType(field: FieldDecl, free: readonly ColumnHead[]): readonly string[] | undefined {
  for (const kind of fieldBinders[field.type].takesUnnamed) {
    const fitting = free.filter((column) => column.kind === kind);
    if (fitting.length === 1) return [fitting[0]!.name];
  }
  if (field.type !== 'Tensor') return undefined;
  // A table's numbers that nothing else asks for, where there are as many as the field has.
  const numbers = free.filter(({ kind, shape }) => kind === 'tensor' && shape?.length === 0);
  return numbers.length === valuesOf(field.shape) ? numbers.map(({ name }) => name) : undefined;
}

function isOneNumber(column: Column): boolean {
  return column.kind === 'tensor' && column.shape.length === 0;
}

/** Nothing fills the field. */
export function noColumn(decl: DatasetDecl, field: FieldDecl, columns: readonly Column[], reason: string): Diagnostic {
  const asked = decl.selection?.columns?.[field.name];
  const known = columns.map(({ name }) => name);
  const missing = asked?.find((name) => !known.includes(name));
  const named = asked ?? (known.includes(field.name) ? [field.name] : []);
  const unfit = columns.find((column) => named.includes(column.name) && named.length > 1 && !isOneNumber(column));
  const slots = {
    dataset: decl.name,
    field: field.name,
    type: fieldType(field),
    loader: decl.loader,
    reason:
      missing !== undefined
        ? `has no column \`${missing}\``
        : unfit
          ? `has \`${unfit.name}\` as ${describeColumn(unfit)}, and only columns of one number each go together into a field`
          : reason,
    columns: columns.map((column) => `\`${column.name}\` (${describeColumn(column)})`),
    suggestion: unfit ? undefined : nearest(missing ?? field.name, known),
  };
  return report('EBM4012', slots, { span: field.span });
}
