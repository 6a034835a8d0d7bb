/**
 * Whether a value differs from example to example by learned choices alone, as a quantised vector does: it takes as many values as there are codes.
 * In: a node. Out: whether every way from it to numbers of an example leads through whole numbers or comparisons, and some of those are learned.
 */
import { topological } from '../graph/schedule.js';
import type { Node } from '../graph/types.js';

export function isChosen(root: Node): boolean {
  const moves = new Map<Node, boolean>();
  const learned = new Set<Node>();
  let hasChoice = false;
  for (const node of topological([root])) {
    const isWhole = node.type.dtype !== 'float32';
    const differs = node.axes.some(({ kind }) => kind === 'example');
    if (node.op === 'state' || node.args.some((arg) => learned.has(arg))) learned.add(node);
    // What is drawn or looked up of texts is none.
    hasChoice ||= isWhole && differs && node.args.some((arg) => moves.get(arg) && learned.has(arg));
    const [straight, through] = straightThrough(node) ?? [];
    const args = straight && through ? [through] : node.args;
    const isSource = node.args.length === 0;
    moves.set(node, !isWhole && differs && (isSource || args.some((arg) => moves.get(arg))));
  }
  return hasChoice && !moves.get(root);
}

/** Of x + stop(y - x), which has the value of y: x and y. */
function straightThrough({ op, args }: Node): readonly [Node, Node] | undefined {
  if (op !== 'add') return undefined;
  for (const [x, other] of [args, [...args].reverse()] as const) {
    const difference = other?.op === 'stop_gradient' ? other.args[0] : undefined;
    if (x && difference?.op === 'sub' && difference.args[1] === x) return [x, difference.args[0]!];
  }
  return undefined;
}
