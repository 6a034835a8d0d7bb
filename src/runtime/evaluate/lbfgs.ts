/** L-BFGS (Nocedal & Wright, "Numerical Optimization", algorithms 7.4 and 7.5) with a weak-Wolfe bisection line search. */

export interface Evaluation {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface LbfgsOptions {
  /** Ends when no component of the gradient is larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
  readonly memory?: number;
  /** An approximate inverse of the Hessian, symmetric and positive definite; does not write to its argument. */
  readonly precondition?: (gradient: Float64Array) => Float64Array;
}

export interface LbfgsResult {
  readonly point: Float64Array;
  readonly iterations: number;
  /** Whether the tolerance was reached, or no lower value could be found within rounding. */
  readonly converged: boolean;
}

export async function minimize(
  objective: (point: Float64Array) => Promise<Evaluation>,
  start: Float64Array,
  { tolerance, maxIterations, memory = 10, precondition }: LbfgsOptions,
): Promise<LbfgsResult> {
  let point = start;
  let now = await objective(point);
  const history: Correction[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const size = largest(now.gradient);
    if (size <= tolerance) return { point, iterations: iteration, converged: true };
    const direction = descentDirection(now.gradient, history, precondition);
    const known = precondition !== undefined || history.length > 0;
    const firstStep = known ? 1 : Math.min(1, 1 / Math.sqrt(dot(direction, direction)));
    const found = await lineSearch(objective, point, now, direction, firstStep);
    // Nothing lower along a descent direction: the value is at its minimum as far as rounding shows.
    if (!found) return { point, iterations: iteration, converged: true };
    const s = subtract(found.point, point);
    const y = subtract(found.at.gradient, now.gradient);
    const curvature = dot(s, y);
    if (curvature > 1e-12 * dot(y, y)) {
      history.push({ s, y, inverse: 1 / curvature });
      if (history.length > memory) history.shift();
    }
    point = found.point;
    now = found.at;
  }
  return { point, iterations: maxIterations, converged: false };
}

interface Correction {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly inverse: number;
}

/** The two-loop recursion: minus the approximate inverse Hessian times the gradient. */
function descentDirection(
  gradient: Float64Array,
  history: readonly Correction[],
  precondition: (gradient: Float64Array) => Float64Array = (vector) => vector,
): Float64Array {
  let q: Float64Array = gradient.map((g) => -g);
  const alphas: number[] = [];
  for (let i = history.length - 1; i >= 0; i--) {
    const { s, y, inverse } = history[i]!;
    const alpha = inverse * dot(s, q);
    alphas[i] = alpha;
    addScaled(q, y, -alpha);
  }
  const last = history.at(-1);
  if (last) {
    const scale = 1 / (last.inverse * dot(last.y, precondition(last.y)));
    q = precondition(q);
    for (let j = 0; j < q.length; j++) q[j]! *= scale;
  } else q = precondition(q);
  history.forEach(({ s, y, inverse }, i) => {
    addScaled(q, s, alphas[i]! - inverse * dot(y, q));
  });
  return q;
}

async function lineSearch(
  objective: (point: Float64Array) => Promise<Evaluation>,
  from: Float64Array,
  start: Evaluation,
  direction: Float64Array,
  firstStep: number,
): Promise<{ readonly point: Float64Array; readonly at: Evaluation } | undefined> {
  const slope = dot(start.gradient, direction);
  if (!(slope < 0)) return undefined;
  let [low, high, step] = [0, Infinity, firstStep];
  for (let trial = 0; trial < 30; trial++) {
    const point = Float64Array.from(from, (value, i) => value + step * direction[i]!);
    const at = await objective(point);
    if (!(at.value <= start.value + 1e-4 * step * slope)) high = step;
    else if (dot(at.gradient, direction) < 0.9 * slope) low = step;
    else return { point, at };
    step = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(target: Float64Array, other: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * other[i]!;
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
