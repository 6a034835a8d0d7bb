/** Data sets one after another as one: their examples, and the fields that all of them have alike. */
import type { Batch } from '../../model.js';
import type { Dataset, SplitName } from '../dataset.js';

export function append(datasets: readonly [Dataset, ...Dataset[]]): Dataset {
  const [first] = datasets;
  const fields = first.fields.filter(({ name, type, shape }) =>
    datasets.every((other) =>
      other.fields.some((f) => f.name === name && f.type === type && f.shape.join() === shape.join()),
    ),
  );
  const known = fields.map(({ name }) => name);
  return {
    ...first,
    fields,
    splits: first.splits.filter((split) => datasets.every(({ splits }) => splits.includes(split))),
    size: (split) => datasets.reduce((sum, dataset) => sum + dataset.size(split), 0),
    parts: () => undefined,
    damaged: () => datasets.flatMap((dataset) => dataset.damaged?.() ?? []),
    async read(split, indices, names = known, draw) {
      const own = sorted(datasets, split, indices);
      const parts = own.flatMap(({ dataset, places, rows }) =>
        rows.length === 0 ? [] : [{ places, read: dataset.read(split, rows, names, draw) }],
      );
      const merged: Record<string, Batch[string]> = {};
      for (const { places, read } of parts) {
        for (const [name, { shape, data }] of Object.entries(await read)) {
          const width = data.length / places.length;
          const whole = merged[name] ?? {
            shape: [indices.length, ...shape.slice(1)],
            data:
              data instanceof Int32Array
                ? new Int32Array(indices.length * width)
                : new Float32Array(indices.length * width),
          };
          places.forEach((place, i) => {
            whole.data.set(data.subarray(i * width, (i + 1) * width), place * width);
          });
          merged[name] = whole;
        }
      }
      return merged;
    },
  };
}

/** Of each data set, its rows among the indices and where they stand there. */
function sorted(datasets: readonly Dataset[], split: SplitName, indices: ArrayLike<number>) {
  const found = datasets.map((dataset) => ({ dataset, places: [] as number[], rows: [] as number[] }));
  for (let place = 0; place < indices.length; place++) {
    let row = indices[place]!;
    let which = 0;
    while (row >= datasets[which]!.size(split)) row -= datasets[which++]!.size(split);
    found[which]!.places.push(place);
    found[which]!.rows.push(row);
  }
  return found;
}
