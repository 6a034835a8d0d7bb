/**
 * Regions of a graph that are computed by one compiled function each, so that what lies between their operations is never written to
 * memory: operations element by element, reductions over the last axes, and what is broadcast back from those.
 */
import { ops } from '../../../graph/ops/index.js';
import { reductions } from '../../../graph/ops/reduce.js';
import { rootsOf, scheduleGraph } from '../../../graph/schedule.js';
import type { Graph, Node } from '../../../graph/types.js';
import { axesOf, isMuchSmaller, shapeOf, sizeOf } from '../../../optimize/sizes.js';

export interface Region {
  /** What it computes, arguments first; among them values of other regions that are cheaper to compute again than to read. */
  readonly nodes: readonly Node[];
  /** What it takes. */
  readonly inputs: readonly Node[];
  /** What others take of it. */
  readonly outputs: readonly Node[];
}

/** Below this many elements a value costs nothing to write and to read again. */
const largeSize = 1024;
/** Fewer results of a reduction than this are too few to compute side by side. */
const fewestRows = 64;
/** Compiling a function takes tenths of a second: this many elements, over all its operations, are worth it. */
const leastElements = 2 ** 19;
const leastOperations = 3;
/** As many operations are done again to save one reading. */
const mostRepeated = 16;

const moves: ReadonlySet<string> = new Set(['reshape', 'broadcast_to']);

/** The regions that are worth their compilation. They and the other operations can be put in an order, arguments first. */
export function findRegions(graph: Graph, least = leastElements): readonly Region[] {
  const schedule = scheduleGraph(graph);
  const fusible = fusibleOf(schedule);
  const roots = new Set(rootsOf(graph));
  const anchored = new Set(roots);
  for (const node of schedule) if (!fusible.has(node)) for (const arg of node.args) anchored.add(arg);
  const place = new Map(schedule.map((node, i) => [node, i]));
  const drafts = connectedParts(schedule, fusible).map((home) => new Draft(home, fusible, anchored));
  const kept = drafts.filter((draft) => draft.isWorthIt(least));
  return finished(kept, roots, place);
}

/** What may be in a region. */
function fusibleOf(schedule: readonly Node[]): ReadonlySet<Node> {
  const fusible = new Set<Node>();
  for (const node of schedule) {
    const isLarge = sizeOf(node) >= largeSize;
    const follows = node.args.some((arg) => fusible.has(arg)) && sizeOf(node) >= fewestRows;
    if (isReduction(node) ? isOverLastAxes(node) : isPointwise(node) && (isLarge || follows)) fusible.add(node);
  }
  return fusible;
}

function isPointwise({ op, args }: Node): boolean {
  return args.length > 0 && (moves.has(op) || (ops[op].batching === 'elementwise' && ops[op].tensorflow !== undefined));
}

function isReduction({ op }: Node): boolean {
  return op in reductions;
}

function isOverLastAxes(node: Node): boolean {
  const x = node.args[0]!;
  const rank = shapeOf(x).length;
  const axes = axesOf(node);
  return (
    sizeOf(x) >= largeSize &&
    sizeOf(node) >= fewestRows &&
    sizeOf(x) > sizeOf(node) &&
    axes.every((axis, i) => axis === rank - axes.length + i)
  );
}

/** A constant that is written into the function. */
function isSmallConstant(node: Node): boolean {
  return node.op === 'constant' && sizeOf(node) <= 64;
}

/**
 * Fusible operations that hang together and between which no other operation lies. An operation's level is how often a way to it changes
 * between fusible and not: on one level no way from one fusible operation to another leaves them.
 */
function connectedParts(schedule: readonly Node[], fusible: ReadonlySet<Node>): readonly (readonly Node[])[] {
  const level = new Map<Node, number>();
  const parts = new Map<Node, Node[]>();
  for (const node of schedule) {
    const own = fusible.has(node);
    let highest = own ? 1 : 0;
    for (const arg of node.args) {
      const changes = fusible.has(arg) === own ? 0 : 1;
      highest = Math.max(highest, level.get(arg)! + changes);
    }
    level.set(node, highest);
    if (!own) continue;
    let part = [node];
    for (const arg of node.args) {
      if (!fusible.has(arg) || level.get(arg) !== highest) continue;
      const other = parts.get(arg)!;
      if (other === part) continue;
      const [large, small] = other.length >= part.length ? [other, part] : [part, other];
      for (const member of small) {
        large.push(member);
        parts.set(member, large);
      }
      part = large;
    }
    parts.set(node, part);
  }
  return [...new Set(parts.values())];
}

/** A region while it takes in values of others that it can compute from what it has to read anyway. */
class Draft {
  readonly nodes: Set<Node>;
  readonly home: ReadonlySet<Node>;

  constructor(
    home: readonly Node[],
    private readonly fusible: ReadonlySet<Node>,
    private readonly anchored: ReadonlySet<Node>,
  ) {
    this.home = new Set(home);
    this.nodes = new Set();
    for (const node of home) this.take(node);
    for (let found = this.repeatable(); found; found = this.repeatable()) for (const node of found) this.take(node);
  }

  private take(node: Node): void {
    this.nodes.add(node);
    for (const arg of node.args) if (isSmallConstant(arg)) this.nodes.add(arg);
  }

  /** Operations that give one of the inputs from no more large values than it is itself: all the way back, or only the last. */
  private repeatable(): readonly Node[] | undefined {
    const inputs = inputsOf(this.nodes);
    for (const input of inputs) {
      if (!this.canRepeat(input)) continue;
      for (const longest of [mostRepeated, 1]) {
        const nodes = new Set([input]);
        const taken = new Set<Node>();
        // A set gives what is added to it while it is gone through.
        for (const node of nodes) {
          for (const arg of node.args) {
            if (inputs.has(arg) || this.nodes.has(arg) || isMuchSmaller(arg, input)) continue;
            if (this.canRepeat(arg) && nodes.size < longest) nodes.add(arg);
            else if (!nodes.has(arg)) taken.add(arg);
          }
        }
        if (taken.size <= 1) return [...nodes];
      }
    }
    return undefined;
  }

  /** Whether a value is of another region that need not keep it. */
  private canRepeat(node: Node): boolean {
    return this.fusible.has(node) && !this.anchored.has(node) && !isReduction(node);
  }

  isWorthIt(least: number): boolean {
    const working = [...this.nodes].filter((node) => !moves.has(node.op) && !isSmallConstant(node));
    const sizes = working.map((node) => (isReduction(node) ? sizeOf(node.args[0]!) : sizeOf(node)));
    const large = sizes.filter((size) => size >= largeSize);
    return large.length >= leastOperations && sizes.reduce((sum, size) => sum + size, 0) >= least;
  }
}

/** What operations take that is not among them. */
function inputsOf(nodes: ReadonlySet<Node>): ReadonlySet<Node> {
  return new Set([...nodes].flatMap(({ args }) => args.filter((arg) => !nodes.has(arg))));
}

/** The drafts with what is asked of them, and without what nobody asks for. */
function finished(
  drafts: readonly Draft[],
  roots: ReadonlySet<Node>,
  place: ReadonlyMap<Node, number>,
): readonly Region[] {
  const homes = new Map<Node, Draft>();
  for (const draft of drafts) for (const node of draft.home) homes.set(node, draft);
  const asked = new Map<Draft, Set<Node>>(drafts.map((draft) => [draft, new Set()]));
  const computed = new Map<Draft, Set<Node>>(drafts.map((draft) => [draft, new Set()]));
  const seen = new Set<Node>();
  const waiting = [...roots];
  /** What a region computes for one of its values, and asks of others. */
  const within = (draft: Draft, output: Node): void => {
    const stack = [output];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (computed.get(draft)!.has(node)) continue;
      if (draft.nodes.has(node)) {
        computed.get(draft)!.add(node);
        stack.push(...node.args);
      } else waiting.push(node);
    }
  };
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const draft = homes.get(node);
    if (draft === undefined) waiting.push(...node.args);
    else {
      asked.get(draft)!.add(node);
      within(draft, node);
    }
  }
  const inOrder = (nodes: Iterable<Node>): readonly Node[] => [...nodes].sort((a, b) => place.get(a)! - place.get(b)!);
  return drafts.flatMap((draft) => {
    const nodes = computed.get(draft)!;
    if (nodes.size === 0) return [];
    return [{ nodes: inOrder(nodes), inputs: inOrder(inputsOf(nodes)), outputs: inOrder(asked.get(draft)!) }];
  });
}
