/** Binds declared fields to columns: as the data set says, by name, else by type where there is one way only. */
import type { DatasetDecl, FieldDecl } from '../../compiler/declarations.js';
import { fieldTypeInfo } from '../../compiler/field-types.js';
import { type Diagnostic, EbmcError } from '../../diagnostics/index.js';
import { BadRows } from './bad-rows.js';
import { chooseColumns, noColumn } from './choose-columns.js';
import type { Column, RawData, RawSplit } from './columns.js';
import type { Dataset, OpenOptions, SplitName, TextCodec } from './dataset.js';
import type { Reader, SplitColumn } from './fields/field-type.js';
import { fieldBinders } from './fields/index.js';
import { stackColumns } from './stack-columns.js';

export async function bindFields(decl: DatasetDecl, raw: RawData, options: OpenOptions): Promise<Dataset> {
  const splits = Object.keys(raw.splits) as SplitName[];
  const chosen = chooseColumns(decl, commonColumns(raw));
  const problems: Diagnostic[] = [];
  const readers = new Map<string, ReadonlyMap<SplitName, Reader>>();
  const classNames = new Map<string, readonly string[]>();
  const texts = new Map<string, TextCodec>();
  for (const field of decl.fields) {
    const columns = columnsFor(decl, field, raw, chosen.get(field.name));
    const bound = 'code' in columns ? columns : await fieldBinders[field.type].bind({ decl, field, columns }, options);
    if ('code' in bound) problems.push(bound);
    else {
      readers.set(field.name, new Map(splits.map((split, i) => [split, bound.readers[i]!])));
      if (bound.classes) classNames.set(field.name, bound.classes);
      if (bound.text) texts.set(field.name, bound.text);
    }
  }
  if (problems.length > 0) throw new EbmcError(problems);
  const bad = new Map(splitsOf(raw).map(([split, { count }]) => [split, new BadRows(count, options)]));
  const byName = new Map(decl.fields.map((field) => [field.name, field]));
  return {
    name: decl.name,
    fields: decl.fields,
    splits,
    classNames,
    texts,
    parts: (split) => raw.splits[split]?.parts,
    mixed: decl.selection?.shuffle,
    size: (split) => raw.splits[split]?.count ?? 0,
    damaged: () => [...bad.values()].flatMap((rows) => rows.list()),
    async read(split, indices, names = [...byName.keys()], draw = undefined) {
      const badRows = bad.get(split);
      if (!badRows) throw new Error(`data set ${decl.name} has no split ${split}`);
      return badRows.read(indices, async (rows) => {
        const entries = names.map(async (name) => {
          const { type, shape } = byName.get(name)!;
          const data = await readers.get(name)!.get(split)!(rows, draw);
          return [name, { shape: [rows.length, ...fieldTypeInfo(type).exampleShape(shape)], data }] as const;
        });
        return Object.fromEntries(await Promise.all(entries));
      });
    },
  };
}

/** The column that fills the field in each split. */
function columnsFor(
  decl: DatasetDecl,
  field: FieldDecl,
  raw: RawData,
  names: readonly string[] | undefined,
): readonly SplitColumn[] | Diagnostic {
  const filled = splitsOf(raw).flatMap(([split, { count, columns }]) => {
    const parts = names?.flatMap((name) => columns.find((column) => column.name === name) ?? []) ?? [];
    const column = parts.length === 1 ? parts[0] : stackColumns(field.name, parts);
    return column && parts.length > 0 ? [{ split, count, column }] : [];
  });
  return filled.length > 0 ? filled : noColumn(decl, field, commonColumns(raw), raw.without);
}

/** Columns that all splits have. */
function commonColumns(raw: RawData): readonly Column[] {
  const [first, ...others] = splitsOf(raw).map(([, { columns }]) => columns);
  return (first ?? []).filter(({ name }) => others.every((columns) => columns.some((column) => column.name === name)));
}

function splitsOf(raw: RawData): [SplitName, RawSplit][] {
  return Object.entries(raw.splits) as [SplitName, RawSplit][];
}
