/** Searching among outputs for what is lower than the best constant ones. */
import type { NdArray } from '../graph/ops/op.js';
import type { Objective } from './objective.js';
import { arrangements, type Outputs, repeated } from './outputs.js';

const descentSteps = 8;
/** How far the first step of a descent moves numbers, as a root mean square. */
const firstStep = 0.3;

export interface Found {
  readonly outputs: Outputs;
  readonly value: number;
}

/** By how much of its size a value must be below the best constant one to count. */
const margin = 1e-3;
const rounds = 3;
/** Steps of the descents that decide where the others did not. */
const patience = 40;

/** The best constant outputs, and outputs that are clearly lower; those are absent where none were found. */
export function compare(objective: Objective): { readonly constant: Found; readonly lower: Found | undefined } {
  let constant = lowestConstant(objective);
  let lower: Found | undefined;
  for (let round = 0; round < rounds; round++) {
    lower = findLower(objective, constant);
    if (!lower) return { constant, lower };
    // It is lower by what differs only if its mean, made the best that it can be, is not as low.
    const mean = sameForAll(lower.outputs, objective.owners);
    const better = descendFrom(objective, mean, constantFor(objective));
    if (better.value > enoughBelow(constant)) return { constant, lower };
    constant = better;
  }
  // Each is lower than the other in turns: whichever goes on falling.
  const settled = descendFrom(objective, constant.outputs, constantFor(objective), undefined, patience);
  const fallen = descendFrom(objective, lower!.outputs, (gradient) => gradient, enoughBelow(settled), patience);
  return { constant: settled, lower: fallen.value < enoughBelow(settled) ? fallen : undefined };
}

function enoughBelow({ value }: Found): number {
  return value - margin * (1 + Math.abs(value));
}

function consistent(objective: Objective, outputs: Outputs): Found {
  return { outputs, value: objective.value(outputs) };
}

const constantFor =
  ({ owners }: Objective): Projection =>
  (gradient) =>
    sameForAll(gradient, owners);

/** The lowest value over outputs that are the same for every example, and for all outputs of one encoder. */
export function lowestConstant(objective: Objective): Found {
  let best: Found | undefined;
  const take = (found: Found): void => {
    if (!best || found.value < best.value) best = found;
  };
  const starts = arrangements(objective.shapes, 'constant');
  for (const outputs of objective.isCostly ? starts.slice(0, 1) : starts) {
    take(consistent(objective, outputs));
    take(descendFrom(objective, outputs, constantFor(objective)));
  }
  return best!;
}

function findLower(objective: Objective, constant: Found): Found | undefined {
  const enough = enoughBelow(constant);
  const starts = [
    ...arrangements(objective.shapes, 'spread'),
    ...arrangements(objective.shapes, 'noise', constant.outputs),
  ];
  for (const outputs of starts) {
    const found = consistent(objective, outputs);
    if (found.value < enough) return found;
  }
  // Descents are the costly part: away from the best constant, from near it, and from outputs that differ.
  const [spread, noise] = [starts[0]!, starts.at(-1)!];
  const descents: readonly (readonly [Outputs, Projection])[] = [
    [constant.outputs, differing],
    [noise, (gradient) => gradient],
    [spread, (gradient) => gradient],
  ];
  for (const [start, project] of descents) {
    const found = descendFrom(objective, start, project, enough);
    if (found.value < enough) return found;
  }
  return undefined;
}

type Projection = (gradient: Outputs) => Outputs;

/** A descent with states held as they are at its start, and its end's value with states as they settle there. */
function descendFrom(
  objective: Objective,
  start: Outputs,
  project: Projection,
  enough?: number,
  steps?: number,
): Found {
  const held = objective.hold(start);
  const found = descend(held, start, project, enough, steps);
  return held === objective ? found : consistent(objective, found.outputs);
}

/** Gradient descent with a step that grows while it helps and shrinks while it does not; it may end below `enough`. */
function descend(
  objective: Objective,
  start: Outputs,
  project: Projection,
  enough = Number.NEGATIVE_INFINITY,
  steps = descentSteps,
): Found {
  let outputs = start;
  let value = objective.value(outputs);
  let rate = 0;
  for (let step = 0; step < steps && !(value < enough); step++) {
    const direction = project(objective.gradient(outputs));
    if (direction.every((d) => d.data.every((x) => x === 0))) break;
    // A mean over many numbers has a small slope for each: the first step is one that would move them noticeably.
    if (step === 0) rate = Math.max(1, firstStep / rootMeanSquare(direction));
    let improved = false;
    for (let tries = 0; tries < 4 && !improved; tries++) {
      const next = outputs.map((o, k) => moved(o, direction[k]!, -rate));
      const nextValue = objective.value(next);
      if (nextValue < value) {
        outputs = next;
        value = nextValue;
        rate *= 2;
        improved = true;
      } else rate /= 8;
    }
    if (!improved) break;
  }
  return { outputs, value };
}

function rootMeanSquare(values: Outputs): number {
  let [sum, count] = [0, 0];
  for (const { data } of values) {
    for (const x of data) sum += x * x;
    count += data.length;
  }
  return Math.sqrt(sum / count);
}

function moved(from: NdArray, direction: NdArray, distance: number): NdArray {
  const data = new Float64Array(from.data);
  for (let i = 0; i < data.length; i++) data[i]! += distance * direction.data[i]!;
  return { shape: from.shape, data };
}

/** What of a gradient is not the same for every example. */
function differing(gradient: Outputs): Outputs {
  return gradient.map((g) => moved(g, repeated(g.shape, meanRow(g)), -1));
}

/** The mean over examples, and over the outputs of one encoder that have one shape. */
function sameForAll(values: Outputs, owners: readonly string[]): Outputs {
  const rows = new Map<string, Float64Array[]>();
  const keyOf = (k: number): string => `${owners[k]} ${values[k]!.shape.join()}`;
  for (const [k, value] of values.entries()) rows.set(keyOf(k), [...(rows.get(keyOf(k)) ?? []), meanRow(value)]);
  return values.map(({ shape }, k) => {
    const same = rows.get(keyOf(k))!;
    return repeated(
      shape,
      same[0]!.map((_, i) => same.reduce((sum, row) => sum + row[i]!, 0) / same.length),
    );
  });
}

function meanRow({ shape, data }: NdArray): Float64Array {
  const n = shape[0]!;
  const mean = new Float64Array(data.length / n);
  for (let i = 0; i < data.length; i++) mean[i % mean.length]! += data[i]! / n;
  return mean;
}
