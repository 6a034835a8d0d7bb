/** What keeps objectives from collapsing whose values alone do not: a predictor on the side that learns, and a gradient that stops on the other. */
import { ownerOf, type TypedModel } from '../check/typed-model.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';

/**
 * A sentence on the predictor: an encoder that only the learning side calls, on outputs of one that the stopped side calls too, itself or as a
 * moving-average copy (Grill et al. 2020, section 3.1; Chen and He 2021, section 4; why it works: Tian et al. 2021).
 */
export function findPredictor(model: TypedModel, roots: readonly Node[]): string | undefined {
  const live = reachedWithoutStop(roots);
  const copied = new Set(model.states.flatMap(({ copy }) => (copy ? [ownerOf(copy.source)] : [])));
  const copies = new Set(model.states.flatMap(({ name, copy }) => (copy ? [ownerOf(name)] : [])));
  const anywhere = stoppedNodes(roots);
  const isStopped = (path: string, stopped: ReadonlySet<Node>): boolean =>
    copied.has(path) || model.calls.some((call) => call.path === path && stopped.has(call.result));
  for (const { name } of model.encoders) {
    if (copies.has(name) || isStopped(name, anywhere)) continue;
    const calls = model.calls.filter((call) => call.path === name && live.has(call.result));
    // A stop below the predictor alone, as in a straight-through code, is no other side.
    const other = stoppedNodes(roots, new Set(calls.map(({ result }) => result)));
    const feeder = model.encoders.find(
      (encoder) =>
        encoder.name !== name &&
        isStopped(encoder.name, other) &&
        !isReachedBeside(model, encoder.name, name) &&
        calls.some(({ args }) => {
          const below = new Set(topological(args));
          return model.calls.some((call) => call.path === encoder.name && below.has(call.result));
        }),
    );
    if (!feeder) continue;
    const side = copied.has(feeder.name) ? `a moving average of \`${feeder.name}\`` : `a stopped gradient`;
    return `nothing in the objective's values: predictor \`${name}\` stands on one side only, and ${side} on the other, so that what is predicted does not come to meet the prediction`;
  }
  return undefined;
}

/**
 * Whether an encoder gets a gradient by another way than through the predictor: then what is predicted does come to meet the prediction, whatever a stop
 * elsewhere cancels (that of a straight-through code does).
 */
function isReachedBeside(model: TypedModel, encoder: string, predictor: string): boolean {
  const through = new Set(model.calls.filter(({ path }) => path === predictor).map(({ result }) => result));
  const beside = reachedWithoutStop(
    model.terms.map(({ node }) => node),
    through,
  );
  return model.calls.some(({ path, result }) => path === encoder && beside.has(result));
}

/** What gets a gradient, if parameters below it do. */
export function reachedWithoutStop(roots: readonly Node[], without: ReadonlySet<Node> = new Set()): ReadonlySet<Node> {
  const reached = new Set<Node>();
  const waiting = [...roots];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (reached.has(node) || without.has(node) || node.op === 'stop_gradient') continue;
    reached.add(node);
    waiting.push(...node.args);
  }
  return reached;
}

/** What stopped gradients are computed from, of those that are met without passing some nodes. */
export function stoppedNodes(roots: readonly Node[], without: ReadonlySet<Node> = new Set()): ReadonlySet<Node> {
  const stops = topological(roots, without).filter(({ op }) => op === 'stop_gradient');
  return new Set(topological(stops));
}
