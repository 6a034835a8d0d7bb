/** Points of lower energy: by gradient descent, or drawn by Langevin dynamics. */
import { drawNormal } from '../../compiler/graph/random.js';
import type { LoadedModel } from '../model.js';
import { evaluateEnergy, type Points } from './energy-runner.js';

export interface Descent {
  readonly steps: number;
  /** y ← y - rate ∂E/∂y */
  readonly rate: number;
  /** The standard deviation of what is added in each step before the gradient is taken (Welling and Teh 2011); 0: plain descent. */
  readonly noise: number;
  /** Values stay within; undefined: they may be any. */
  readonly bounds: readonly [low: number, high: number] | undefined;
  /** Of each number of a point, whether it may change; undefined: all may. */
  readonly free: Uint8Array | undefined;
  readonly seed: number;
}

export interface Descended {
  readonly points: Float32Array;
  readonly before: Float32Array;
  readonly after: Float32Array;
}

/** Moves the argument `name` of every point, the others staying as they are. `model` gives the slope with respect to it. */
export async function descend(
  model: LoadedModel,
  args: Readonly<Record<string, Points>>,
  name: string,
  { steps, rate, noise, bounds, free, seed }: Descent,
): Promise<Descended> {
  const start = args[name]!;
  const count = start.shape[0]!;
  const size = start.data.length / count;
  const points = Float32Array.from(start.data);
  const isFree = (i: number): boolean => free === undefined || free[i % size] === 1;
  const clamp = (x: number): number => (bounds ? Math.min(bounds[1], Math.max(bounds[0], x)) : x);
  const at = () => evaluateEnergy(model, { ...args, [name]: { shape: start.shape, data: points } }, count);
  const before = (await at()).energies;
  for (let step = 0; step < steps; step++) {
    const drawn = noise > 0 ? drawNormal({ seed, step }, `langevin ${name}`, points.length) : undefined;
    for (let i = 0; i < points.length; i++)
      if (isFree(i)) points[i] = clamp(points[i]!) + (drawn ? noise * drawn[i]! : 0);
    const { slopes } = await at();
    for (let i = 0; i < points.length; i++) if (isFree(i)) points[i] = points[i]! - rate * slopes[i]!;
  }
  for (let i = 0; i < points.length; i++) if (isFree(i)) points[i] = clamp(points[i]!);
  return { points, before, after: (await at()).energies };
}
