/** Descent of an objective over outputs: limited-memory BFGS (Liu and Nocedal 1989) whose steps only have to lower the value. */
import type { NdArray } from '../graph/ops/op.js';
import type { Objective, Point } from './objective.js';
import type { Outputs } from './outputs.js';

/** A linear map of gradients to those of outputs of some kind: constant ones, say. */
export type Projection = (gradient: Outputs) => Outputs;

/** What of its size a value has to fall in a step for the next one, after the first few, which may only find the scale. */
const worthAStep = 1e-4;
const leastSteps = 3;
/** How far the first step of a descent moves numbers, as a root mean square. */
const firstStep = 0.3;
/** Steps whose changes of slope a direction takes account of. */
const memory = 6;
/** Tries of one step, and the share of its length that the next try has. */
const tries = 4;
const shorter = 1 / 8;

/** A step, how the gradient changed over it, and the reciprocal of their product. */
interface Change {
  readonly step: Outputs;
  readonly slope: Outputs;
  readonly scale: number;
}

/** A descent that can be gone on with. States that follow the outputs are held as they settle at its start. */
export class Descent {
  point: Point;
  private readonly held: Objective;
  private readonly changes: Change[] = [];
  private last: { readonly outputs: Outputs; readonly gradient: Outputs } | undefined;
  private hasEnded = false;

  constructor(
    private readonly objective: Objective,
    private readonly start: Outputs,
    private readonly project: Projection,
  ) {
    this.held = objective.hold(start);
    this.point = this.held.at(start);
  }

  /** Whether the values on the way are those with states as they settle there. */
  get isExact(): boolean {
    return this.held === this.objective;
  }

  /** Where it is now, with states as they settle there. */
  reached(): Point {
    const { outputs } = this.point;
    return this.isExact || outputs === this.start ? this.point : this.objective.at(outputs);
  }

  /** Goes on for as long as a step gains something worth it, at most `most` steps; it may end below `enough`. */
  run(most: number, enough = Number.NEGATIVE_INFINITY): void {
    let gained = Number.POSITIVE_INFINITY;
    for (let k = 0; k < most && !this.hasEnded && !(this.point.value < enough); k++) {
      const { value } = this.point;
      if (k >= leastSteps && gained < worthAStep * (1 + Math.abs(value))) return;
      this.step();
      gained = value - this.point.value;
    }
  }

  private step(): void {
    const { point, last, changes } = this;
    const gradient = this.project(point.gradient());
    if (last) remember(changes, difference(point.outputs, last.outputs), difference(gradient, last.gradient));
    this.last = { outputs: point.outputs, gradient };
    const isFlat = gradient.every(({ data }) => data.every((x) => x === 0));
    const next = isFlat ? undefined : lowerAlong(this.held, point, directionFrom(gradient, changes));
    if (next) this.point = next;
    else this.hasEnded = true;
  }
}

function directionFrom(gradient: Outputs, changes: readonly Change[]): Outputs {
  if (changes.length > 0) return quasiNewton(gradient, changes);
  // A mean over many numbers has a small slope for each: the first step is one that would move them noticeably.
  const rate = Math.max(1, firstStep / rootMeanSquare(gradient));
  return gradient.map(({ shape, data }) => ({ shape, data: data.map((x) => x * rate) }));
}

/** The first point against a direction, ever nearer, that is lower. */
function lowerAlong(objective: Objective, { outputs, value }: Point, direction: Outputs): Point | undefined {
  for (let [k, length] = [0, 1]; k < tries; k++, length *= shorter) {
    const next = objective.at(outputs.map((o, i) => moved(o, direction[i]!, -length)));
    if (next.value < value) return next;
  }
  return undefined;
}

/** Where the slope has become less steep along the step: elsewhere the objective curves the other way. */
function remember(changes: Change[], step: Outputs, slope: Outputs): void {
  const along = product(step, slope);
  if (!(along > 1e-10 * product(slope, slope))) return;
  changes.push({ step, slope, scale: 1 / along });
  if (changes.length > memory) changes.shift();
}

/** The gradient times the inverse curvature that the changes tell of: their two loops. */
function quasiNewton(gradient: Outputs, changes: readonly Change[]): Outputs {
  const direction = gradient.map(({ shape, data }) => ({ shape, data: new Float64Array(data) }));
  const shares: number[] = [];
  for (const { step, slope, scale } of [...changes].reverse()) {
    const share = scale * product(step, direction);
    shares.push(share);
    add(direction, slope, -share);
  }
  const last = changes.at(-1)!;
  const rate = 1 / (last.scale * product(last.slope, last.slope));
  for (const { data } of direction) for (let i = 0; i < data.length; i++) data[i]! *= rate;
  for (const { step, slope, scale } of changes) add(direction, step, shares.pop()! - scale * product(slope, direction));
  return direction;
}

function add(to: Outputs, values: Outputs, share: number): void {
  for (const [k, { data }] of to.entries()) {
    const more = values[k]!.data;
    for (let i = 0; i < data.length; i++) data[i]! += share * more[i]!;
  }
}

function product(a: Outputs, b: Outputs): number {
  let sum = 0;
  for (const [k, { data }] of a.entries()) {
    const other = b[k]!.data;
    for (let i = 0; i < data.length; i++) sum += data[i]! * other[i]!;
  }
  return sum;
}

function rootMeanSquare(values: Outputs): number {
  return Math.sqrt(product(values, values) / values.reduce((n, { data }) => n + data.length, 0));
}

function difference(a: Outputs, b: Outputs): Outputs {
  return a.map((x, k) => moved(x, b[k]!, -1));
}

/** `from` and `distance` times `direction`. */
export function moved(from: NdArray, direction: NdArray, distance: number): NdArray {
  const [data, by] = [new Float64Array(from.data), direction.data];
  for (let i = 0; i < data.length; i++) data[i]! += distance * by[i]!;
  return { shape: from.shape, data };
}
