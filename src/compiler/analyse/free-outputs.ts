/** The outputs of encoders that an objective compares: those that reach it through no other. */
import { isFrozen, type TypedModel } from '../check/typed-model.js';
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';
import { isChosen } from './choices.js';

export interface Output {
  readonly encoder: string;
  readonly node: Node;
  /** Whether choices among codes are made of it. */
  readonly chooses: boolean;
}

/**
 * What a step computes, the outputs it is a function of, and whether it holds slopes of them, of which their values say nothing. `throughChoices`: whether choices
 * are free where they decide.
 */
export function freeOutputs(model: TypedModel, { throughChoices = true } = {}) {
  const roots = [...model.terms, ...model.updates].map(({ node }) => node);
  const outputs = throughChoices ? withChoices(model, roots) : outermostOutputs(model, roots, new Set());
  const free = new Set(outputs.map(({ node }) => node));
  const slopes = topological(roots).filter(({ op }) => op === 'grad');
  return { roots, outputs, hasSlopes: topological(slopes).some((node) => free.has(node)) };
}

/**
 * An objective that looks whether outputs are equal may have at equal ones a value that it has nowhere near: no descent arrives there. What is made of choices among codes alone is equal
 * wherever the choices are: then those are what is free, and what makes outputs of them stays.
 */
function withChoices(model: TypedModel, roots: readonly Node[]): readonly Output[] {
  const passed = new Set<Node>();
  for (;;) {
    const outputs = outermostOutputs(model, roots, passed);
    const compared = comparedOf(roots, outputs);
    const chosen = outputs.filter(({ node }) => compared.has(node) && isChosen(node));
    if (chosen.length === 0) return outputs;
    for (const { node } of chosen) passed.add(node);
  }
}

/** The outputs that something whole, such as a comparison, is made of. */
function comparedOf(roots: readonly Node[], outputs: readonly Output[]): ReadonlySet<Node> {
  const free = new Set(outputs.map(({ node }) => node));
  const whole = topological(roots, free).filter(({ type }) => type.dtype !== 'float32');
  const below = new Set(whole.flatMap(({ args }) => args));
  // Outputs are not gone through.
  const reached = topological(
    [...below].filter((node) => !free.has(node)),
    free,
  );
  for (const { args } of reached) for (const arg of args) below.add(arg);
  return below;
}

/** The results of encoder calls that reach the objective through no other encoder, but for some that are passed. */
function outermostOutputs(model: TypedModel, roots: readonly Node[], passed: ReadonlySet<Node>): Output[] {
  const results = new Map(model.calls.map((c) => [c.result, c.path]));
  const below = new Set(topological(passed));
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
    const isOutput = encoder !== undefined && !passed.has(node) && node.axes.some((a) => a.kind === 'example');
    if (isOutput) found.push({ encoder, node, chooses: below.has(node) });
    else stack.push(...node.args);
  }
  return found.reverse();
}
