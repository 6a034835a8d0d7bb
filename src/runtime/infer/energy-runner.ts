/** A trained energy at given points: its values, and its slope with respect to one argument. */
import type { HostTensor, LoadedModel } from '../model.js';

/** Values of one argument: a row a point, `[points, ...]`. */
export type Points = HostTensor;

export interface EnergyValues {
  /** One a point; of an energy that is several numbers, a row a point. */
  readonly energies: Float32Array;
  /** The gradient of each point's energy, a row of as many numbers as the argument has; empty where the model gives none. */
  readonly slopes: Float32Array;
}

/** Evaluates a model of `energyFunction` at as many points as are given; the last batch is filled up with its first point. */
export async function evaluateEnergy(
  model: LoadedModel,
  args: Readonly<Record<string, Points>>,
  points: number,
  /** Numbers of an energy. */
  values = 1,
): Promise<EnergyValues> {
  const energies = new Float32Array(points * values);
  let slopes = new Float32Array(0);
  for (let start = 0; start < points; start += model.batch) {
    const rows = Array.from({ length: model.batch }, (_, i) => (start + i < points ? start + i : start));
    const batch = Object.fromEntries(Object.entries(args).map(([name, values]) => [name, pickRows(values, rows)]));
    const { shape, data } = await model.represent(batch);
    const width = shape.slice(1).reduce((a, b) => a * b, 1);
    if (start === 0) slopes = new Float32Array(points * (width - values));
    for (let i = 0; i < Math.min(model.batch, points - start); i++) {
      energies.set(data.subarray(i * width, i * width + values), (start + i) * values);
      slopes.set(data.subarray(i * width + values, (i + 1) * width), (start + i) * (width - values));
    }
  }
  return { energies, slopes };
}

export function pickRows({ shape, data }: HostTensor, rows: readonly number[]): HostTensor {
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  const result = data instanceof Int32Array ? new Int32Array(rows.length * size) : new Float32Array(rows.length * size);
  for (const [i, row] of rows.entries()) result.set(data.subarray(row * size, (row + 1) * size), i * size);
  return { shape: [rows.length, ...shape.slice(1)], data: result };
}
