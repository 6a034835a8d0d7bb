/** Binds declared fields to columns: by name, else by type where there is one way only. */
import type { DatasetDecl, FieldDecl } from '../../compiler/declarations.js';
import { fieldTypeInfo } from '../../compiler/field-types.js';
import { type Diagnostic, EbmcError, nearest, report } from '../../diagnostics/index.js';
import { type Column, describeColumn, type RawData } from './columns.js';
import type { Dataset, OpenOptions, SplitName } from './dataset.js';
import type { Reader, SplitColumn } from './fields/field-type.js';
import { fieldBinders } from './fields/index.js';
import { fieldType } from './fields/shapes.js';

export async function bindFields(decl: DatasetDecl, raw: RawData, options: OpenOptions): Promise<Dataset> {
  const splits = Object.keys(raw.splits) as SplitName[];
  const problems: Diagnostic[] = [];
  const readers = new Map<string, ReadonlyMap<SplitName, Reader>>();
  for (const field of decl.fields) {
    const columns = columnsFor(decl, field, raw);
    const bound = 'code' in columns ? columns : await fieldBinders[field.type].bind({ decl, field, columns }, options);
    if ('code' in bound) problems.push(bound);
    else readers.set(field.name, new Map(splits.map((split, i) => [split, bound[i]!])));
  }
  if (problems.length > 0) throw new EbmcError(problems);
  const byName = new Map(decl.fields.map((field) => [field.name, field]));
  return {
    name: decl.name,
    fields: decl.fields,
    splits,
    size: (split) => raw.splits[split]?.count ?? 0,
    async read(split, indices, names = [...byName.keys()], draw = undefined) {
      if (!raw.splits[split]) throw new Error(`data set ${decl.name} has no split ${split}`);
      const entries = names.map(async (name) => {
        const { type, shape } = byName.get(name)!;
        const data = await readers.get(name)!.get(split)!(indices, draw);
        return [name, { shape: [indices.length, ...fieldTypeInfo(type).exampleShape(shape)], data }] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    },
  };
}

/** The column of the field's name, or the only one of a kind that such a field takes whatever its name; in every split. */
function columnsFor(decl: DatasetDecl, field: FieldDecl, raw: RawData): readonly SplitColumn[] | Diagnostic {
  const splits = Object.entries(raw.splits);
  const everywhere = (splits[0]?.[1].columns ?? []).filter(({ name }) =>
    splits.every(([, { columns }]) => columns.some((column) => column.name === name)),
  );
  const chosen = choose(field, decl, everywhere);
  if (chosen) {
    return splits.map(([split, { count, columns }]) => {
      const column = columns.find(({ name }) => name === chosen.name)!;
      return { split: split as SplitName, count, column };
    });
  }
  const slots = {
    dataset: decl.name,
    field: field.name,
    type: fieldType(field),
    loader: decl.loader,
    reason: raw.without,
    columns: everywhere.map((column) => `\`${column.name}\` (${describeColumn(column)})`),
    suggestion: nearest(
      field.name,
      everywhere.map(({ name }) => name),
    ),
  };
  return report('EBM4012', slots, { span: field.span });
}

function choose(field: FieldDecl, decl: DatasetDecl, columns: readonly Column[]): Column | undefined {
  const named = columns.find(({ name }) => name === field.name);
  if (named) return named;
  const others = new Set(decl.fields.map(({ name }) => name));
  for (const kind of fieldBinders[field.type].takesUnnamed) {
    const fitting = columns.filter((column) => column.kind === kind && !others.has(column.name));
    if (fitting.length === 1) return fitting[0];
  }
  return undefined;
}
