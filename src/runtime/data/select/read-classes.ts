/** The classes of examples. */
import type { Dataset, SplitName } from '../dataset.js';

const atOnce = 65536;

/** Of the first field of classes; undefined where there is none. */
export async function readClasses(
  dataset: Dataset,
  split: SplitName,
  rows: Uint32Array,
): Promise<Int32Array | undefined> {
  const field = dataset.fields.find(({ type }) => type === 'Class');
  return field && Int32Array.from(await readNumbers(dataset, split, rows, field.name));
}

/** A field of one number, for each of the rows. */
export async function readNumbers(
  dataset: Dataset,
  split: SplitName,
  rows: Uint32Array,
  field: string,
): Promise<Float64Array> {
  const values = new Float64Array(rows.length);
  for (let start = 0; start < rows.length; start += atOnce) {
    const batch = await dataset.read(split, rows.subarray(start, start + atOnce), [field]);
    values.set(batch[field]!.data, start);
  }
  return values;
}

/** The places of each class that occurs, in the order of the classes. */
export function byClass(labels: Int32Array): Uint32Array[] {
  const places = new Map<number, number[]>();
  labels.forEach((label, place) => {
    const members = places.get(label);
    if (members) members.push(place);
    else places.set(label, [place]);
  });
  return [...places].sort(([a], [b]) => a - b).map(([, members]) => Uint32Array.from(members));
}
