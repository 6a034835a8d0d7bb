/** `Class[n]`: whole numbers from 0, or words, numbered in their order. */
import { report } from '../../../diagnostics/index.js';
import type { Binding, FieldType, Reader, SplitColumn } from './field-type.js';
import { otherShape } from './shapes.js';

const atOnce = 65536;

export const classField: FieldType = {
  takesUnnamed: ['class'],
  async bind(binding) {
    const { decl, field } = binding;
    const labels = await readLabels(binding);
    if (!labels) return otherShape(binding);
    let highest = -1;
    for (const split of labels) for (let i = 0; i < split.length; i++) if (split[i]! > highest) highest = split[i]!;
    const classes = field.shape[0] ?? 0;
    if (highest >= classes) {
      const slots = { dataset: decl.name, field: field.name, classes, label: highest };
      return report('EBM4011', slots, { span: field.span });
    }
    return labels.map(
      (split): Reader =>
        async (rows) =>
          Int32Array.from(rows, (row) => split[row]!),
    );
  },
};

/** The classes of each split; undefined where the columns hold none. */
async function readLabels({ columns }: Binding): Promise<ArrayLike<number>[] | undefined> {
  const kinds = new Set(columns.map(({ column }) => column.kind));
  if (kinds.has('text')) return numberWords(columns);
  const splits = await Promise.all(
    columns.map(async ({ column, count }) => {
      if (column.kind === 'class') return column.labels;
      if (column.kind !== 'tensor' || column.shape.some((size) => size !== 1)) return undefined;
      const values = new Int32Array(count);
      for (let start = 0; start < count; start += atOnce) {
        const read = await column.read(range(start, Math.min(count, start + atOnce)));
        for (let i = 0; i < read.length; i++) {
          if (!Number.isInteger(read[i]) || read[i]! < 0) return undefined;
          values[start + i] = read[i]!;
        }
      }
      return values;
    }),
  );
  return splits.every((split) => split !== undefined) ? splits : undefined;
}

/** Words are numbered in the order of their code units, over all splits, so that they mean the same in each. */
async function numberWords(columns: readonly SplitColumn[]): Promise<ArrayLike<number>[] | undefined> {
  const found = new Map<string, number>();
  const splits: Int32Array[] = [];
  for (const { column, count } of columns) {
    if (column.kind !== 'text') return undefined;
    const places = new Int32Array(count);
    for (let start = 0; start < count; start += atOnce) {
      const words = await column.read(range(start, Math.min(count, start + atOnce)));
      words.forEach((word, i) => {
        if (!found.has(word)) found.set(word, found.size);
        places[start + i] = found.get(word)!;
      });
    }
    splits.push(places);
  }
  const numbers = new Int32Array(found.size);
  [...found.keys()].sort().forEach((word, number) => {
    numbers[found.get(word)!] = number;
  });
  return splits.map((places) => places.map((place) => numbers[place]!));
}

function range(from: number, to: number): Uint32Array {
  return Uint32Array.from({ length: to - from }, (_, i) => from + i);
}
