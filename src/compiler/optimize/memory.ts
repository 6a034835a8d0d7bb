/** The memory that a training step needs, as far as its graphs tell. */
import { scheduleGraph } from '../graph/schedule.js';
import type { Graph, Program, StateDecl, TensorType } from '../graph/types.js';
import { findLiveness } from './liveness.js';

/**
 * Bytes of the states, of one batch, and of the most values that a step holds at once when its operations run in order. What a backend
 * takes besides (copies, workspace, fragments) is not in it.
 */
export function stepMemory({ states, step, micro }: Program): number {
  const graphs = micro ? micro.passes.map(({ graph }) => graph) : [step];
  const held =
    bytesOfStates([...states, ...(micro?.scratch ?? [])]) + sum(step.inputs.map(({ type }) => bytesOf(type)));
  return held + Math.max(...graphs.map(peakOf));
}

function peakOf(graph: Graph): number {
  return findLiveness(scheduleGraph(graph), Object.values(graph.outputs)).peakBytes;
}

function bytesOfStates(states: readonly StateDecl[]): number {
  return sum(states.map(({ type }) => bytesOf(type)));
}

function bytesOf({ shape, dtype }: TensorType): number {
  return shape.reduce<number>((product, size) => product * Number(size), dtype === 'bool' ? 1 : 4);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
