/** What the columns of a Parquet file are, and what Hugging Face's `datasets` wrote about them. */
import type { FileMetaData, SchemaElement, SchemaTree } from 'hyparquet';
import type { ColumnHead } from '../choose-columns.js';

export interface ParquetColumn extends ColumnHead {
  readonly kind: 'tensor' | 'text' | 'encoded';
  /** Undefined for lists, whose lengths only rows tell. */
  readonly shape?: readonly number[];
  readonly element: 'int' | 'float';
  /** Names of a `ClassLabel`'s classes. */
  readonly classes?: readonly string[];
}

/** Columns of dates, maps and the like are left out. */
export function columnsOf(root: SchemaTree, metadata: FileMetaData): ParquetColumn[] {
  const features = huggingFaceFeatures(metadata);
  return root.children.flatMap((child): ParquetColumn[] => {
    const column = columnOf(child);
    const names = features[child.element.name];
    return column ? [names ? { ...column, classes: names } : column] : [];
  });
}

function columnOf(tree: SchemaTree): ParquetColumn | undefined {
  const { element, children } = tree;
  const { name } = element;
  if (children.length === 0) {
    const kind = element.repetition_type === 'REPEATED' ? undefined : leafKind(element);
    if (kind === 'text' || kind === 'encoded') return { name, kind, element: 'float' };
    return kind && { name, kind: 'tensor', shape: [], element: kind };
  }
  // An image or a sound: its bytes, and what its file was called.
  if (children.some((child) => child.element.name === 'bytes' && child.element.type === 'BYTE_ARRAY'))
    return { name, kind: 'encoded', element: 'float' };
  const leaf = innermost(tree);
  const kind = leaf && leafKind(leaf.element);
  return kind === 'int' || kind === 'float' ? { name, kind: 'tensor', element: kind } : undefined;
}

/** Of lists, whatever their depth; undefined for structs of several columns. */
function innermost(tree: SchemaTree): SchemaTree | undefined {
  if (tree.children.length === 0) return tree;
  return tree.children.length === 1 ? innermost(tree.children[0]!) : undefined;
}

function leafKind({
  type,
  converted_type,
  logical_type,
}: SchemaElement): 'int' | 'float' | 'text' | 'encoded' | undefined {
  const logical = logical_type?.type;
  if (type === 'FLOAT' || type === 'DOUBLE') return 'float';
  if (type === 'BOOLEAN') return 'int';
  if (type === 'INT32' || type === 'INT64') {
    const plain =
      logical === undefined ? converted_type === undefined || /INT/.test(converted_type) : logical === 'INTEGER';
    return plain ? 'int' : undefined;
  }
  if (type !== 'BYTE_ARRAY') return logical === 'FLOAT16' ? 'float' : undefined;
  if (logical === 'STRING' || logical === 'ENUM' || converted_type === 'UTF8' || converted_type === 'ENUM')
    return 'text';
  return logical === undefined && converted_type === undefined ? 'encoded' : undefined;
}

/** Column → names of its classes. */
function huggingFaceFeatures({ key_value_metadata }: FileMetaData): Readonly<Record<string, readonly string[]>> {
  const text = key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  if (text === undefined) return {};
  try {
    const { info } = JSON.parse(text) as { info?: { features?: Record<string, { names?: unknown }> } };
    const entries = Object.entries(info?.features ?? {}).flatMap(([column, { names }]) =>
      Array.isArray(names) && names.every((name) => typeof name === 'string') ? [[column, names] as const] : [],
    );
    return Object.fromEntries(entries);
  } catch {
    // What is written there is a help only.
    return {};
  }
}
