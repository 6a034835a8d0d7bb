/** Binds declared fields to loaded data by type: images and tensors to pixels, classes to labels. */
import type { DatasetDecl, FieldDecl } from '../../compiler/declarations.js';
import { type Diagnostic, EbmcError, report } from '../../diagnostics/index.js';
import type { HostTensor } from '../model.js';
import type { Dataset, RawData, RawSplit, SplitName } from './dataset.js';

export function bindFields(decl: DatasetDecl, raw: RawData): Dataset {
  const problems = decl.fields.flatMap((field) => fieldProblems(decl, field, raw));
  if (problems.length > 0) throw new EbmcError(problems);
  const byName = new Map(decl.fields.map((field) => [field.name, field]));
  return {
    name: decl.name,
    fields: decl.fields,
    splits: Object.keys(raw.splits) as SplitName[],
    size: (split) => raw.splits[split]?.count ?? 0,
    async read(split, indices, names = [...byName.keys()]) {
      const source = raw.splits[split];
      if (!source) throw new Error(`data set ${decl.name} has no split ${split}`);
      const wanted = names.map((name) => byName.get(name)!);
      const pictures = wanted.some(({ type }) => type !== 'Class') ? source.pixels.read(indices) : undefined;
      const entries = wanted.map(
        async (field) => [field.name, await gather(field, source, indices, pictures)] as const,
      );
      return Object.fromEntries(await Promise.all(entries));
    },
  };
}

/** A type as it is written in a program. */
export function fieldType(field: Pick<FieldDecl, 'type' | 'shape'>): string {
  return `${field.type}[${field.shape.join(', ')}]`;
}

function fieldProblems(decl: DatasetDecl, field: FieldDecl, raw: RawData): Diagnostic[] {
  const place = { span: field.span };
  const slots = { dataset: decl.name, field: field.name };
  if (field.type === 'Class') {
    let highest = -1;
    for (const split of Object.values(raw.splits)) {
      if (!split.labels) {
        const missing = { ...slots, type: fieldType(field), loader: decl.loader, reason: raw.withoutLabels };
        return [report('EBM4012', missing, place)];
      }
      for (const label of split.labels) if (label > highest) highest = label;
    }
    const classes = field.shape[0] ?? 0;
    return highest < classes ? [] : [report('EBM4011', { ...slots, classes, label: highest }, place)];
  }
  const values = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
  const fits =
    field.type === 'Image'
      ? field.shape.length === 3 && field.shape.every((size, axis) => size === raw.imageShape[axis])
      : values(field.shape) === values(raw.imageShape);
  if (fits) return [];
  const actual = fieldType({ type: 'Image', shape: raw.imageShape });
  return [report('EBM4003', { ...slots, declared: fieldType(field), actual }, place)];
}

async function gather(
  field: FieldDecl,
  source: RawSplit,
  indices: ArrayLike<number>,
  pictures: Promise<Float32Array> | undefined,
): Promise<HostTensor> {
  const count = indices.length;
  if (field.type === 'Class') {
    const labels = source.labels!;
    return { shape: [count], data: Int32Array.from(indices, (index) => labels[index]!) };
  }
  return { shape: [count, ...field.shape], data: await pictures! };
}
