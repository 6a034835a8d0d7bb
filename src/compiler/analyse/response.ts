/**
 * Do outputs that differ stay so, where what they are compared with follows them?
 * In: an objective that outputs which differ make lower. Out: whether differences fade. Where they do, nothing but the stopped side keeps examples apart, and the side
 * that learns makes no more of a difference than it meets there.
 */
import { isCopy, ownerOf, type TypedModel } from '../check/typed-model.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import { reachedWithoutStop, stoppedNodes } from './asymmetry.js';
import type { Output } from './free-outputs.js';
import type { Objective } from './objective.js';
import { arrangements, type Outputs } from './outputs.js';
import { descendFrom, differing, type Found, isLowerApart } from './search.js';

/** What a difference must be multiplied by to last although views never agree altogether. */
const lasting = 1.1;

export function fades(
  model: TypedModel,
  roots: readonly Node[],
  outputs: readonly Output[],
  objective: Objective,
  constant: Found,
): boolean {
  if (objective.isCostly || crossesExamples(model, outputs) || !facesItself(model, roots, outputs)) return false;
  const still = objective.facing(constant.outputs);
  if (isLowerApart(still.objective, still.start)) return false;
  const differences = [
    ...arrangements(objective.shapes, 'noise', constant.outputs),
    ...arrangements(objective.shapes, 'spread'),
  ];
  return differences.every((targets) => {
    const { objective: facing, start } = objective.facing(targets);
    const answer = descendFrom(facing, start, (gradient) => gradient);
    return sizeOf(differing(answer.outputs)) < lasting * sizeOf(differing(start));
  });
}

/** Whether other examples matter to a term, outside of encoders, besides those that an example meets: as a covariance does, they may push it away. */
function crossesExamples({ terms }: TypedModel, outputs: readonly Output[]): boolean {
  const encoded = new Set(outputs.map(({ node }) => node));
  // A number over the batch is a term's mean.
  const values = topological(
    terms.map(({ node }) => node),
    encoded,
  );
  return values.some(({ op, type }) => op === 'batch' || (op === 'batch_reduce' && type.shape.length > 0));
}

/** Whether all that learns meets itself on the other side, stopped or as a moving average: with a predictor the two are no longer comparable. */
function facesItself(model: TypedModel, roots: readonly Node[], outputs: readonly Output[]): boolean {
  const [live, stopped] = [reachedWithoutStop(roots), stoppedNodes(roots)];
  const copies = outputs.filter(({ encoder }) => isCopy(model, encoder));
  const met = new Set([
    ...copies.map(({ encoder }) => sourceOf(model, encoder)),
    ...outputs.filter(({ node }) => stopped.has(node)).map(({ encoder }) => encoder),
  ]);
  const learning = outputs.filter(({ encoder, node }) => live.has(node) && !isCopy(model, encoder));
  return learning.length > 0 && learning.every(({ encoder }) => met.has(encoder));
}

function sourceOf({ states }: TypedModel, copy: string): string | undefined {
  const state = states.find(({ name, copy: of }) => of !== undefined && ownerOf(name) === copy);
  return state?.copy && ownerOf(state.copy.source);
}

function sizeOf(values: Outputs): number {
  return Math.sqrt(values.reduce((sum, { data }) => sum + data.reduce((s, x) => s + x * x, 0), 0));
}
