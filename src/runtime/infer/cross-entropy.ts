/**
 * Points of low energy without a slope: the cross-entropy method (Rubinstein 1999; de Boer et al. 2005, algorithm 2.2). Points are drawn number by number, the best of them say
 * how the next ones are drawn: whole numbers by their shares, others by mean and deviation.
 */
import { type Draws, drawNormal, drawUniform } from '../../compiler/graph/random.js';
import type { HostTensor } from '../model.js';

export interface CrossEntropy {
  readonly rounds: number;
  /** Points drawn a round. */
  readonly count: number;
  readonly seed: number;
}

/** How one of the numbers of a point is drawn. */
export type Numbers =
  | { readonly kind: 'whole'; readonly below: number }
  | { readonly kind: 'real'; readonly mean: Float32Array; readonly deviation: number; readonly bounds: Bounds };

type Bounds = readonly [low: number, high: number];

export interface Found {
  readonly point: HostTensor['data'];
  readonly energy: number;
}

/** The share of a round's points that the next round is drawn like. */
const elite = 0.1;
/** How much of the round before stays in what the next one is drawn by: nothing that was drawn once is given up at once. */
const kept = 0.1;

/** The best of all points drawn. `energies` is of as many points as a round has, a row a point. */
export async function leastEnergy(
  numbers: Numbers,
  shape: readonly number[],
  { rounds, count, seed }: CrossEntropy,
  energies: (points: HostTensor) => Promise<Float32Array>,
): Promise<Found> {
  const size = shape.reduce((a, b) => a * b, 1);
  let draw = numbers.kind === 'whole' ? categorical(size, numbers.below) : gaussian(numbers);
  let best: Found | undefined;
  for (let round = 0; round < rounds; round++) {
    const data = draw.points({ seed, step: round }, count);
    const found = await energies({ shape: [count, ...shape], data });
    const order = [...found.keys()].sort((a, b) => found[a]! - found[b]! || a - b);
    const [first] = order as [number];
    if (!best || found[first]! < best.energy)
      best = { point: data.slice(first * size, (first + 1) * size), energy: found[first]! };
    const chosen = order.slice(0, Math.max(1, Math.round(elite * count)));
    draw = draw.like(chosen.map((row) => data.subarray(row * size, (row + 1) * size)));
  }
  return best!;
}

interface Drawing {
  points(draws: Draws, count: number): HostTensor['data'];
  like(chosen: readonly HostTensor['data'][]): Drawing;
}

function categorical(size: number, below: number, shares = new Float64Array(size * below).fill(1 / below)): Drawing {
  return {
    points(draws, count) {
      const drawn = drawUniform(draws, 'cross entropy', count * size);
      return Int32Array.from(drawn, (u, i) => {
        const from = (i % size) * below;
        let value = 0;
        for (let sum = shares[from]!; value < below - 1 && u >= sum; sum += shares[from + value]!) value++;
        return value;
      });
    },
    like(chosen) {
      const next = shares.map((share) => kept * share);
      for (const point of chosen)
        for (let i = 0; i < size; i++) next[i * below + point[i]!]! += (1 - kept) / chosen.length;
      return categorical(size, below, next);
    },
  };
}

function gaussian({ mean, deviation, bounds }: Extract<Numbers, { kind: 'real' }>): Drawing {
  return gaussianAt(Float64Array.from(mean), new Float64Array(mean.length).fill(deviation), bounds);
}

function gaussianAt(mean: Float64Array, deviation: Float64Array, bounds: Bounds): Drawing {
  const size = mean.length;
  return {
    points(draws, count) {
      const drawn = drawNormal(draws, 'cross entropy', count * size);
      const within = (x: number): number => Math.min(bounds[1], Math.max(bounds[0], x));
      return Float32Array.from(drawn, (z, i) => within(mean[i % size]! + deviation[i % size]! * z));
    },
    like(chosen) {
      const blend = (old: Float64Array, at: (i: number) => number): Float64Array =>
        old.map((value, i) => kept * value + (1 - kept) * at(i));
      const average = (of: (point: HostTensor['data']) => number): number =>
        chosen.reduce((sum, point) => sum + of(point), 0) / chosen.length;
      const middle = mean.map((_, i) => average((point) => point[i]!));
      const spread = (i: number): number => Math.sqrt(average((point) => (point[i]! - middle[i]!) ** 2));
      return gaussianAt(
        blend(mean, (i) => middle[i]!),
        blend(deviation, spread),
        bounds,
      );
    },
  };
}
