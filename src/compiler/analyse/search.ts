/** Searching among outputs for what is lower than the best constant ones. */
import type { NdArray } from '../graph/ops/op.js';
import { Descent, moved, type Projection } from './descend.js';
import type { Objective } from './objective.js';
import { arrangements, type Outputs, repeated } from './outputs.js';

export interface Found {
  readonly outputs: Outputs;
  readonly value: number;
}

/** By how much of its size a value must be below the best constant one to count. */
const margin = 1e-3;
const rounds = 3;
/** Steps of a descent, and of one that is to reach the bottom. */
const descentSteps = 8;
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

/** Whether from constant outputs, themselves made the best they can be, differing ones are clearly lower. */
export function isLowerApart(objective: Objective, start: Outputs): boolean {
  const constant = descendFrom(objective, start, constantFor(objective));
  return findLower(objective, constant) !== undefined;
}

function enoughBelow({ value }: Found): number {
  return value - margin * (1 + Math.abs(value));
}

export function isClearlyBelow(value: number, than: number): boolean {
  return value < enoughBelow({ outputs: [], value: than });
}

const constantFor =
  ({ owners }: Objective): Projection =>
  (gradient) =>
    sameForAll(gradient, owners);

function constants({ shapes, hasChoices }: Objective): Outputs[] {
  return [...arrangements(shapes, 'constant'), ...(hasChoices ? arrangements(shapes, 'clear') : [])];
}

/** The lowest value over outputs that are the same for every example, and for all outputs of one encoder; no number only where none of those tried has one. */
export function lowestConstant(objective: Objective): Found {
  let best: Found | undefined;
  let longest: Descent | undefined;
  const take = (found: Found, descent: Descent): void => {
    if (best && !(found.value < best.value) && !Number.isNaN(best.value)) return;
    best = found;
    longest = descent;
  };
  const starts = constants(objective);
  for (const outputs of objective.isCostly ? [lowestOf(objective, starts)] : starts) {
    const descent = new Descent(objective, outputs, constantFor(objective));
    take(descent.point, descent);
    descent.run(descentSteps);
    take(descent.reached(), descent);
  }
  if (!longest!.isExact) return best!;
  longest!.run(patience);
  return longest!.point;
}

/** Outputs that are all 0 may be a saddle, from where no slope leads down: unit vectors have none there. */
function lowestOf(objective: Objective, starts: readonly Outputs[]): Outputs {
  const values = starts.map((outputs) => objective.at(outputs).value);
  return starts[
    values.reduce((best, value, k) => (value < values[best]! || Number.isNaN(values[best]!) ? k : best), 0)
  ]!;
}

/** The lowest value over outputs whose parts are all alike too; undefined where no output has parts. */
export function lowestAlike(objective: Objective): Found | undefined {
  if (objective.shapes.every((shape) => shape.length <= 2)) return undefined;
  const alike: Projection = (gradient) => gradient.map((values) => repeated(values.shape, meanPart(values)));
  const found = constants(objective).map((outputs) =>
    descendFrom(objective, alike(outputs), alike, undefined, patience),
  );
  return found.reduce((best, one) => (one.value < best.value ? one : best));
}

function findLower(objective: Objective, constant: Found): Found | undefined {
  const enough = enoughBelow(constant);
  const starts = [
    ...arrangements(objective.shapes, 'spread'),
    ...arrangements(objective.shapes, 'noise', constant.outputs),
  ];
  for (const outputs of starts) {
    const found = objective.at(outputs);
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

/** The end of a descent, with states as they settle there. */
export function descendFrom(
  objective: Objective,
  start: Outputs,
  project: Projection,
  enough?: number,
  steps = descentSteps,
): Found {
  const descent = new Descent(objective, start, project);
  descent.run(descent.isExact ? patience : steps, enough);
  return descent.reached();
}

/** What of values is not the same for every example. */
export function differing(values: Outputs): Outputs {
  return values.map((g) => moved(g, repeated(g.shape, meanRow(g)), -1));
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

function meanPart({ shape, data }: NdArray): Float64Array {
  const mean = new Float64Array(shape.at(-1)!);
  for (let i = 0; i < data.length; i++) mean[i % mean.length]! += (data[i]! * mean.length) / data.length;
  return mean;
}

function meanRow({ shape, data }: NdArray): Float64Array {
  const n = shape[0]!;
  const mean = new Float64Array(data.length / n);
  for (let i = 0; i < data.length; i++) mean[i % mean.length]! += data[i]! / n;
  return mean;
}
