/** What states become by a step that is repeated. */
import type { NdArray } from '../graph/ops/op.js';
import type { Outputs } from './outputs.js';

/** To compare costs as much as to step. */
const comparedEvery = 16;
/** How near a state that has settled is to the next one, as a share, and what is no change at all. */
const near = 1e-6;
const still = 1e-9;

/**
 * The states after so many steps, or those that they settle at. A moving average comes nearer by the same share with every step: from three states
 * its limit follows (Aitken 1926), and is taken where a step from there stays there.
 */
export function settledStates(step: (states: Outputs) => Outputs, initial: Outputs, steps: number): Outputs {
  let [before, states] = [initial, initial];
  for (let k = 0; k < steps; k++) {
    const next = step(states);
    if (k % comparedEvery === 0 || k === 1) {
      if (areNear(next, states)) return next;
      const limit = k === 0 ? undefined : limitOf(before, states, next);
      const after = limit && step(limit);
      if (after && areNear(after, limit)) return after;
    }
    [before, states] = [states, next];
  }
  return states;
}

function areNear(a: Outputs, b: Outputs): boolean {
  return a.every(({ data }, k) => data.every((x, i) => Math.abs(x - b[k]!.data[i]!) <= near * (1 + Math.abs(x))));
}

/** The limit of geometric sequences by three of their members; undefined where some go on changing as much as before. */
function limitOf(first: Outputs, second: Outputs, third: Outputs): Outputs | undefined {
  const limits: NdArray[] = [];
  for (const [k, { shape, data }] of third.entries()) {
    const limit = new Float64Array(data);
    for (let i = 0; i < data.length; i++) {
      const change = data[i]! - second[k]!.data[i]!;
      if (Math.abs(change) <= still * (1 + Math.abs(data[i]!))) continue;
      const ratio = change / (second[k]!.data[i]! - first[k]!.data[i]!);
      if (!(Math.abs(ratio) < 1)) return undefined;
      limit[i]! += (change * ratio) / (1 - ratio);
    }
    limits.push({ shape, data: limit });
  }
  return limits;
}
