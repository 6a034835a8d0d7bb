/** The passes over a graph, in their order, and the run of all of them. */
import { Builder } from '../graph/builder.js';
import { renumbered, scheduleGraph } from '../graph/schedule.js';
import type { Graph, Node, Program } from '../graph/types.js';
import { collectSmallOperands } from './collect-small-operands.js';
import { contractProducts } from './contract-products.js';
import { dropBroadcasts } from './drop-broadcasts.js';
import { eraseExampleOperations } from './erase-example-operations.js';
import { maskBySign } from './mask-by-sign.js';
import { mergeCommon } from './merge-common.js';
import type { Pass } from './pass.js';
import { shareSums } from './share-sums.js';
import { spellOutReductions } from './spell-out-reductions.js';

export { findLiveness, type Liveness } from './liveness.js';
export type { Pass } from './pass.js';

/** `eraseExampleOperations` is the last that knows of examples; those behind it see plain reductions. */
export const passes: readonly Pass[] = [
  mergeCommon,
  dropBroadcasts,
  contractProducts,
  eraseExampleOperations,
  spellOutReductions,
  dropBroadcasts,
  collectSmallOperands,
  shareSums,
  maskBySign,
  mergeCommon,
];

/** The graph after all passes, which share a builder: what none of them changes is made once. `observe` sees it after each. */
export function optimizeGraph(graph: Graph, observe?: (pass: Pass, graph: Graph) => void): Graph {
  const b = new Builder(scheduleGraph(graph));
  let current = graph;
  for (const pass of passes) {
    current = pass.run(current, b);
    observe?.(pass, renumbered(current));
  }
  return renumbered(current);
}

export function optimizeProgram(program: Program): Program {
  return {
    ...program,
    init: optimizeGraph(program.init),
    step: optimizeGraph(program.step),
    represent: optimizeGraph(program.represent),
    representViews: program.representViews && optimizeGraph(program.representViews),
    energies: Object.fromEntries(Object.entries(program.energies).map(([name, graph]) => [name, optimizeGraph(graph)])),
  };
}

/** Values of a forward program, before it is differentiated: products that are made small there have small gradients. */
export function optimizeForward(b: Builder, values: readonly Node[]): readonly Node[] {
  let graph: Graph = { name: 'forward', inputs: [], outputs: Object.fromEntries(values.entries()), updates: {} };
  for (const pass of [dropBroadcasts, contractProducts]) graph = pass.run(graph, b);
  return values.map((_, i) => graph.outputs[i] as Node);
}
