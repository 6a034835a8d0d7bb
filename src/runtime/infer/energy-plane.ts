/** The energy over planes of one of its arguments: how it rises where an argument turns into that of other examples. */
import type { ArgumentPlace } from '../../compiler/energy-functions.js';
import type { RunPictures } from '../compare/comparison.js';
import type { Dataset } from '../data/index.js';
import type { HostTensor, LoadedModel } from '../model.js';
import { evaluateEnergy } from './energy-runner.js';
import { ofExamples } from './read-points.js';

export interface EnergyPlaneOptions {
  /** Of `energyFunction`, in the states that are looked at. */
  readonly energy: LoadedModel;
  /** Of `energyArguments`, in the same states, and the fields that it reads. */
  readonly examples: LoadedModel;
  readonly fields: readonly string[];
  readonly places: readonly ArgumentPlace[];
  /** The data that the energy reads beside its arguments. */
  readonly data: readonly string[];
  readonly dataset: Dataset;
}

/** Planes of which the mean is taken: one alone shows its pictures more than its energy. */
const planes = 8;
const gridPoints = 21;
const [from, to] = [-0.5, 1.5] as const;

/**
 * The mean over some test examples of E(x, y + s(y′ − y) + t(y″ − y)) on a grid of s and t, the last argument moving towards those of two other examples;
 * of an energy of one argument, that one. Undefined where it is no float32 tensor, or there are fewer than three examples.
 */
export async function energyPlane(options: EnergyPlaneOptions): Promise<RunPictures['landscape'] | undefined> {
  const { energy, examples, fields, places, data, dataset } = options;
  const moved = places.at(-1);
  const size = dataset.size('test');
  if (moved?.dtype !== 'float32' || size < 3) return undefined;
  const count = Math.min(planes, Math.floor(size / 3));
  const rows = Array.from({ length: 3 * count }, (_, i) => Math.floor((i * size) / (3 * count)));
  // Splits may be sorted by class: what a plane spans lies as far apart as there are planes.
  const cornersOf = (plane: number): number[] => [plane, plane + count, plane + 2 * count];
  const source = { model: examples, fields, dataset, split: 'test', seed: 0, resize: false } as const;
  const values = new Map<ArgumentPlace, HostTensor>();
  for (const place of places) values.set(place, await ofExamples(source, place, rows));
  const own = await dataset.read('test', Uint32Array.from(rows), data);
  const part = (row: number, place: ArgumentPlace): Float32Array => {
    const width = sizeOf(place.shape);
    return Float32Array.from(values.get(place)!.data.subarray(row * width, (row + 1) * width));
  };
  const steps = Array.from({ length: gridPoints }, (_, i) =>
    Number((from + ((to - from) * i) / (gridPoints - 1)).toPrecision(3)),
  );
  const points = steps.flatMap((t) => steps.map((s) => [s, t] as const));
  const sums = new Float64Array(points.length);
  for (let plane = 0; plane < count; plane++) {
    const [a, b, c] = cornersOf(plane) as [number, number, number];
    const [ya, yb, yc] = [a, b, c].map((row) => part(row, moved)) as [Float32Array, Float32Array, Float32Array];
    const args: Record<string, HostTensor> = {};
    for (const place of places) {
      const still = part(a, place);
      const along = points.map(([s, t]) =>
        place === moved ? ya.map((y, k) => y + s * (yb[k]! - y) + t * (yc[k]! - y)) : still,
      );
      args[place.name] = stack(along, place);
    }
    for (const name of data) {
      const field = own[name]!;
      const width = field.data.length / rows.length;
      const value = field.data.subarray(a * width, (a + 1) * width);
      const shape = field.shape.slice(1);
      args[name] = stack(
        points.map(() => value),
        { shape, dtype: field.data instanceof Int32Array ? 'int32' : 'float32' },
      );
    }
    const { energies } = await evaluateEnergy(energy, args, points.length);
    energies.forEach((value, i) => {
      sums[i]! += value / count;
    });
  }
  const grid = steps.map((_, row) =>
    steps.map((_step, column) => Number(sums[row * gridPoints + column]!.toPrecision(5))),
  );
  const of = places.length > 1 ? moved.name : 'it';
  return {
    xLabel: `${of} towards another example's (1)`,
    yLabel: `towards a third one's (1)`,
    xs: steps,
    ys: steps,
    values: grid,
  };
}

function stack(
  values: readonly ArrayLike<number>[],
  { shape, dtype }: Pick<ArgumentPlace, 'shape' | 'dtype'>,
): HostTensor {
  const size = sizeOf(shape);
  const data = dtype === 'int32' ? new Int32Array(values.length * size) : new Float32Array(values.length * size);
  for (const [i, value] of values.entries()) data.set(value, i * size);
  return { shape: [values.length, ...shape], data };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
