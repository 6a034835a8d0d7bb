/** What a data set holds: counts, shapes, how its values are distributed, how often each class occurs. */
import type { FieldDecl } from '../../../compiler/declarations.js';
import { fieldTypeInfo } from '../../../compiler/field-types.js';
import type { BadRow } from '../bad-rows.js';
import type { Dataset, SplitName } from '../dataset.js';
import { fieldType } from '../fields/shapes.js';

/** Examples of which values are looked at. */
const lookedAt = 4096;
const atOnce = 256;
const textsShown = 3;
/** Numbers of a row that are looked at one by one. */
const eachAtMost = 1024;

export interface Values {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}

export interface FieldSummary {
  readonly name: string;
  readonly type: string;
  /** Of the values that were looked at; absent for classes. */
  readonly values?: Values;
  /** The same of each number, where an example is a row of a few: `x[0]`, `x[1]`, … */
  readonly each?: readonly Values[];
  /** A few examples, where they are texts. */
  readonly texts?: readonly string[];
  /** Class → how many examples of all, in the order of the classes. */
  readonly classes?: readonly { readonly label: number; readonly name: string | undefined; readonly count: number }[];
}

export interface SplitSummary {
  readonly split: SplitName;
  readonly examples: number;
  /** Of which values were looked at. */
  readonly lookedAt: number;
  readonly fields: readonly FieldSummary[];
}

export interface DatasetSummary {
  readonly name: string;
  readonly splits: readonly SplitSummary[];
  /** Found so far. */
  readonly damaged: readonly BadRow[];
}

export async function summarize(dataset: Dataset): Promise<DatasetSummary> {
  const splits: SplitSummary[] = [];
  // `train` first, whoever of them the source met first.
  for (const split of [...dataset.splits].sort().reverse()) {
    const examples = dataset.size(split);
    const rows = spreadRows(examples, lookedAt);
    const fields: FieldSummary[] = [];
    for (const field of dataset.fields) {
      const head = { name: field.name, type: fieldType(field) };
      if (field.type === 'Class') fields.push({ ...head, classes: await countClasses(dataset, split, field.name) });
      else if (fieldTypeInfo(field.type).dtype === 'float32')
        fields.push({ ...head, ...(await measure(dataset, split, field, rows)) });
      else fields.push({ ...head, ...(await readTexts(dataset, split, field.name)) });
    }
    splits.push({ split, examples, lookedAt: rows.length, fields });
  }
  return { name: dataset.name, splits, damaged: dataset.damaged?.() ?? [] };
}

async function readTexts(dataset: Dataset, split: SplitName, field: string): Promise<Pick<FieldSummary, 'texts'>> {
  const codec = dataset.texts?.get(field);
  if (!codec) return {};
  const rows = spreadRows(dataset.size(split), textsShown);
  const { data } = (await dataset.read(split, rows, [field]))[field]!;
  const length = data.length / rows.length;
  return { texts: Array.from(rows, (_, i) => codec.decode(data.subarray(i * length, (i + 1) * length))) };
}

/** So many rows, evenly spread, in order. */
export function spreadRows(count: number, wanted: number): Uint32Array {
  const taken = Math.min(count, wanted);
  return Uint32Array.from({ length: taken }, (_, i) => Math.floor((i * count) / taken));
}

async function countClasses(
  dataset: Dataset,
  split: SplitName,
  field: string,
): Promise<NonNullable<FieldSummary['classes']>> {
  const counts = new Map<number, number>();
  const size = dataset.size(split);
  for (let start = 0; start < size; start += 65536) {
    const rows = Uint32Array.from({ length: Math.min(65536, size - start) }, (_, i) => start + i);
    for (const label of (await dataset.read(split, rows, [field]))[field]!.data)
      counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const names = dataset.classNames?.get(field);
  return [...counts].sort(([a], [b]) => a - b).map(([label, count]) => ({ label, name: names?.[label], count }));
}

async function measure(
  dataset: Dataset,
  split: SplitName,
  { name, type, shape }: FieldDecl,
  rows: Uint32Array,
): Promise<Pick<FieldSummary, 'values' | 'each'>> {
  const width = type === 'Tensor' && shape.length === 1 && shape[0]! <= eachAtMost ? shape[0]! : 1;
  const all = new Moments();
  const each = Array.from({ length: width }, () => new Moments());
  for (let start = 0; start < rows.length; start += atOnce) {
    const batch = await dataset.read(split, rows.subarray(start, start + atOnce), [name]);
    const { data } = batch[name]!;
    for (let i = 0; i < data.length; i++) {
      all.add(data[i]!);
      if (width > 1) each[i % width]!.add(data[i]!);
    }
  }
  return { values: all.values(), ...(width > 1 ? { each: each.map((moments) => moments.values()) } : {}) };
}

/** Welford (1962): no difference of large sums. */
class Moments {
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private count = 0;
  private mean = 0;
  private squares = 0;

  add(value: number): void {
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.count++;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.squares += before * (value - this.mean);
  }

  values(): Values {
    const { min, max, mean } = this;
    return { min, max, mean, std: Math.sqrt(this.squares / Math.max(1, this.count)) };
  }
}
