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
  { tolerance, maxIterations, memory = 10 }: LbfgsOptions,
): Promise<LbfgsResult> {
  let point = start;
  let now = await objective(point);
  const history: Correction[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const size = largest(now.gradient);
    if (size <= tolerance) return { point, iterations: iteration, converged: true };
    const direction = descentDirection(now.gradient, history);
    const firstStep = history.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(now.gradient, now.gradient))) : 1;
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
function descentDirection(gradient: Float64Array, history: readonly Correction[]): Float64Array {
  const q = gradient.map((g) => -g);
  const alphas: number[] = [];
  for (let i = history.length - 1; i >= 0; i--) {
    const { s, y, inverse } = history[i]!;
    const alpha = inverse * dot(s, q);
    alphas[i] = alpha;
    addScaled(q, y, -alpha);
  }
  const last = history.at(-1);
  if (last) {
    const scale = 1 / (last.inverse * dot(last.y, last.y));
    for (let j = 0; j < q.length; j++) q[j]! *= scale;
  }
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
