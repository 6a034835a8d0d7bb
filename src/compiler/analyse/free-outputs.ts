/** The outputs of encoders that an objective compares: those that reach it through no other. */
import { isFrozen, type TypedModel } from '../check/typed-model.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';

export interface Output {
  readonly encoder: string;
  readonly node: Node;
}

/** What a step computes, the outputs it is a function of, and whether it holds slopes of them, of which their values say nothing. */
export function freeOutputs(model: TypedModel) {
  const roots = [...model.terms, ...model.updates].map(({ node }) => node);
  const outputs = outermostOutputs(model, roots);
  const free = new Set(outputs.map(({ node }) => node));
  const slopes = topological(roots).filter(({ op }) => op === 'grad');
  return { roots, outputs, hasSlopes: topological(slopes).some((node) => free.has(node)) };
}

/** The results of encoder calls that reach the objective through no other encoder. */
function outermostOutputs(model: TypedModel, roots: readonly Node[]): Output[] {
  const results = new Map(model.calls.map((c) => [c.result, c.path]));
  const found: Output[] = [];
  const seen = new Set<Node>();
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    const encoder = results.get(node);
    // What a frozen copy gives is as fixed as data.
    if (encoder !== undefined && isFrozen(model, encoder)) continue;
    if (encoder !== undefined && node.axes.some((a) => a.kind === 'example')) found.push({ encoder, node });
    else stack.push(...node.args);
  }
  return found.reverse();
}
