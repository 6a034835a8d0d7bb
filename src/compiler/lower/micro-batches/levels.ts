/**
 * Where examples meet, as levels: what depends on no other example is of level 0, and each collection over the batch is one level
 * above what it collects. Values of one level can be computed for some examples at a time once those below are there for all.
 */

import type { TypedModel } from '../../check/typed-model.js';
import { topological } from '../../graph/schedule.js';
import type { Axis, Node } from '../../graph/types.js';

export interface Levels {
  /** Levels 0 to `count - 1` are computed for some examples at a time; what is above, for all at once. */
  readonly count: number;
  levelOf(node: Node): number;
  /** Whether a value is computed with the examples of a micro-batch: it differs by example, or it is a statistic of a micro-batch. */
  isPartial(node: Node): boolean;
  /** Partial values of a level below `count` that others of higher levels, or the end of a step, use. */
  readonly kept: readonly Node[];
  /** Values of all examples, of levels 1 to `count - 1`, that partial ones use. */
  readonly shared: readonly Node[];
  /** The statistics with moving averages, in order. */
  readonly running: readonly Node[];
}

export function findLevels(model: TypedModel, wholeStatistics: boolean): Levels {
  const { exampleAxis } = model;
  const roots = [...model.terms, ...model.updates].map(({ node }) => node);
  const order = topological(roots);
  const isCollection = ({ op, attrs }: Node): boolean =>
    op === 'batch' && (attrs['axis'] as Axis).id === exampleAxis.id;
  const local = wholeStatistics ? new Set<Node>() : statisticsIn(order, isCollection);
  const differs = (node: Node): boolean => node.axes.some(({ id }) => id === exampleAxis.id);

  const whole = ofSharedGradients(order, differs);
  const levels = new Map<Node, number>();
  const partial = new Set<Node>();
  for (const node of order) {
    const below = node.args.reduce((most, arg) => Math.max(most, levels.get(arg) ?? 0), 0);
    levels.set(node, isCollection(node) && !local.has(node) ? below + 1 : below);
    if (whole.has(node)) continue;
    if (
      differs(node) ||
      local.has(node) ||
      (!isCollection(node) && node.args.some((arg) => partial.has(arg) && !differs(arg)))
    )
      partial.add(node);
  }
  const levelOf = (node: Node): number => levels.get(node) ?? 0;
  const isPartial = (node: Node): boolean => partial.has(node);
  const count = countLevels(order, levelOf, isPartial);

  const kept = new Set<Node>();
  const shared = new Set<Node>();
  for (const node of order) {
    for (const arg of node.args) {
      const isAbove = levelOf(node) > levelOf(arg) || whole.has(node);
      if (isPartial(arg) && levelOf(arg) < count && !isConstant(arg) && isAbove) kept.add(arg);
      if (!isPartial(arg) && levelOf(arg) > 0 && levelOf(arg) < count && isPartial(node) && levelOf(node) < count)
        shared.add(arg);
    }
  }
  for (const node of roots) if (isPartial(node) && levelOf(node) < count) kept.add(node);
  return {
    count,
    levelOf,
    isPartial,
    kept: order.filter((node) => kept.has(node)),
    shared: order.filter((node) => shared.has(node)),
    running: order.filter(({ op }) => op === 'running'),
  };
}

/** What lies between parameters and a gradient with respect to them inside the program: that is of all examples, and so is what it is taken of. */
function ofSharedGradients(order: readonly Node[], differs: (node: Node) => boolean): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of order) {
    const begins = node.op === 'pin' && !differs(node);
    if (begins || (node.op !== 'grad' && node.args.some((arg) => found.has(arg)))) found.add(node);
  }
  return found;
}

function isConstant({ op }: Node): boolean {
  return op === 'constant' || op === 'iota';
}

/** Collections that only serve statistics with moving averages, as those of batch normalisation do. */
function statisticsIn(order: readonly Node[], isCollection: (node: Node) => boolean): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const { op, args } of order) {
    if (op !== 'running') continue;
    const waiting = [...args];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if (isCollection(node)) found.add(node);
      else waiting.push(...node.args);
    }
  }
  return found;
}

/** One more than the highest level at which a partial value is computed with parameters: above, all examples are cheap. */
function countLevels(
  order: readonly Node[],
  levelOf: (node: Node) => number,
  isPartial: (node: Node) => boolean,
): number {
  const trained = new Set<Node>();
  let count = 1;
  let limit = Number.POSITIVE_INFINITY;
  for (const node of order) {
    const isParameter = node.op === 'state' || (!isPartial(node) && node.args.some((arg) => trained.has(arg)));
    if (isParameter && levelOf(node) === 0) trained.add(node);
    if (!isPartial(node)) continue;
    if (node.args.some((arg) => trained.has(arg))) count = Math.max(count, levelOf(node) + 1);
    // A gradient inside the objective that crosses examples is taken where all of them are.
    if (node.op === 'grad' && levelOf(node.args[0]!) > levelOf(node.args[1]!)) limit = Math.min(limit, levelOf(node));
    // The diagonal of all pairs is taken out of all pairs.
    if (node.op === 'drop_self') limit = Math.min(limit, levelOf(node));
  }
  return Math.max(1, Math.min(count, limit));
}
