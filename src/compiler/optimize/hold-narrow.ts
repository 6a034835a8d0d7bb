// In: a graph whose layers' products take factors of 16 bits.
// Out: the normalisations between such products take and give such numbers too.
// Guarantee: the same numbers, about: what they take was rounded by a product, what they give is rounded for the next one. Their statistics, scales and biases stay in float32.
import type { Builder } from '../graph/builder.js';
import { type NarrowType, narrowOf } from '../graph/ops/narrow.js';
import { mapGraph, rootsOf, scheduled, scheduleGraph } from '../graph/schedule.js';
import type { Graph, Node } from '../graph/types.js';
import type { Pass } from './pass.js';

const moves: ReadonlySet<string> = new Set(['reshape', 'transpose', 'slice', 'pad']);
const normalizations: ReadonlySet<string> = new Set(['normalize', 'normalize_gradient', 'normalize_moment']);

/** Whether a value has no more than the precision of 16 bits. */
function isRounded(node: Node): boolean {
  // Of relu's gradient: the cotangent, or 0.
  if (moves.has(node.op) || node.op === 'relu' || node.op === 'relu_gradient') return isRounded(node.args[0]!);
  return narrowOf(node) !== undefined;
}

/** A normalisation and what belongs to its backward pass take statistics of the same values: they are all narrow, or none. */
function groupOf({ op, args, attrs }: Node): string {
  const own = op === 'normalize_gradient' ? args.slice(1) : args;
  return [...own.map(({ id }) => id), JSON.stringify([attrs['axes'], attrs['eps']])].join(' ');
}

function narrowable(graph: Graph): ReadonlySet<Node> {
  const users = new Map<Node, Node[]>();
  const groups = new Map<string, Node[]>();
  for (const node of scheduleGraph(graph)) {
    for (const arg of new Set(node.args)) users.set(arg, [...(users.get(arg) ?? []), node]);
    if (normalizations.has(node.op)) groups.set(groupOf(node), [...(groups.get(groupOf(node)) ?? []), node]);
  }
  const roots = new Set(rootsOf(graph));
  const areRoundedFor = (node: Node): boolean =>
    !roots.has(node) &&
    (users.get(node) ?? []).every((user) => {
      if (moves.has(user.op) || user.op === 'relu') return areRoundedFor(user);
      // A sign is the same, rounded or not.
      if (user.op === 'relu_gradient') return user.args[0] !== node || areRoundedFor(user);
      return narrowOf(user) !== undefined;
    });
  const fits = (node: Node): boolean => {
    if (node.op === 'normalize_moment') return isRounded(node.args[0]!);
    if (node.op === 'normalize') return isRounded(node.args[0]!) && areRoundedFor(node);
    const [dy, x] = node.args as readonly [Node, Node];
    return isRounded(dy) && isRounded(x) && (node.attrs['of'] !== 'x' || areRoundedFor(node));
  };
  return new Set([...groups.values()].filter((group) => group.every(fits)).flat());
}

export const holdNarrow = (type: NarrowType): Pass => ({
  name: 'hold-narrow',
  description: `normalisations between such products take and give ${type}`,
  run(graph, b: Builder) {
    const narrow = narrowable(graph);
    if (narrow.size === 0) return graph;
    const now = new Map<Node, Node>();
    const { place } = b;
    for (const node of scheduleGraph(graph)) {
      b.place = node;
      const args = node.args.map((arg) => now.get(arg)!);
      const isSame = !narrow.has(node) && b.owns(node) && args.every((arg, i) => arg === node.args[i]);
      now.set(
        node,
        isSame ? node : narrow.has(node) ? b.op(node.op, args, { ...node.attrs, narrow: type }) : b.again(node, args),
      );
    }
    b.place = place;
    return scheduled(
      mapGraph(graph, (node) => now.get(node)!),
      [...new Set(now.values())],
    );
  },
});
