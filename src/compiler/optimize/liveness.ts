// In: a schedule, the nodes of a graph in the order they are computed, and the nodes that outlive it.
// Out: for every node the place of its last use, and the most memory that is in use at once.
// Guarantee: a node is dead after its last use; a node that outlives the schedule has none.
import type { Dim } from '../graph/dim.js';
import type { Node } from '../graph/types.js';

export interface Liveness {
  /** Place in the schedule after which a node is not needed; absent for one that outlives it. */
  readonly lastUse: ReadonlyMap<Node, number>;
  /** Most bytes held by computed values at once; inputs and states are not counted. */
  readonly peakBytes: number;
}

export function findLiveness(schedule: readonly Node[], kept: Iterable<Node>): Liveness {
  const lastUse = new Map<Node, number>();
  schedule.forEach((node, place) => {
    lastUse.set(node, place);
    for (const arg of node.args) lastUse.set(arg, place);
  });
  for (const node of kept) lastUse.delete(node);
  return {
    lastUse,
    // Few ask.
    get peakBytes() {
      return peakBytes(schedule, lastUse);
    },
  };
}

function peakBytes(schedule: readonly Node[], lastUse: ReadonlyMap<Node, number>): number {
  const dying = new Map<number, Node[]>();
  for (const [node, place] of lastUse) dying.set(place, [...(dying.get(place) ?? []), node]);
  let held = 0;
  let peak = 0;
  schedule.forEach((node, place) => {
    held += bytesOf(node);
    peak = Math.max(peak, held);
    for (const dead of dying.get(place) ?? []) held -= bytesOf(dead);
  });
  return peak;
}

/** Bytes of a computed value; none for inputs and states, which the caller holds. */
function bytesOf(node: Node): number {
  if (node.op === 'input' || node.op === 'state') return 0;
  const size = node.type.shape.reduce<number>((product, dim) => product * sizeOfDim(dim), 1);
  return size * (node.type.dtype === 'bool' ? 1 : 4);
}

function sizeOfDim(dim: Dim): number {
  if (typeof dim !== 'number') throw new Error(`a graph's shapes are numbers, not ${dim.text}`);
  return dim;
}
