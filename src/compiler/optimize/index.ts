/** The passes over a graph, in their order, and the run of all of them. */
import { Builder } from '../graph/builder.js';
import { narrowTypes } from '../graph/ops/narrow.js';
import { renumbered, scheduleGraph } from '../graph/schedule.js';
import type { Graph, Node, Program } from '../graph/types.js';
import { collectSmallOperands } from './collect-small-operands.js';
import { contractProducts } from './contract-products.js';
import { dropBroadcasts } from './drop-broadcasts.js';
import { eraseExampleOperations } from './erase-example-operations.js';
import { fuseReluGradients } from './fuse-relu-gradients.js';
import { holdNarrow } from './hold-narrow.js';
import { maskBySign } from './mask-by-sign.js';
import { mergeCommon } from './merge-common.js';
import { narrowProducts } from './narrow-products.js';
import type { Pass } from './pass.js';
import { recognizeNormalization } from './recognize-normalization.js';
import { shareSums } from './share-sums.js';
import { spellOutForTensorflow, spellOutFused } from './spell-out-fused.js';
import { spellOutReductions } from './spell-out-reductions.js';

export { findLiveness, type Liveness } from './liveness.js';
export { stepMemory } from './memory.js';
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

/** What is written differently for a target, behind the passes for all. */
const targetPasses: { readonly [T in TargetName]: readonly Pass[] } = {
  tfjs: [],
  tensorflow: [spellOutForTensorflow, spellOutReductions, shareSums, fuseReluGradients, mergeCommon],
};

export type TargetName = 'tfjs' | 'tensorflow';

/** The graph after all passes, which share a builder: what none of them changes is made once. `observe` sees it after each. */
export function optimizeGraph(
  graph: Graph,
  observe?: (pass: Pass, graph: Graph) => void,
  target: TargetName = 'tfjs',
  more: readonly Pass[] = [],
): Graph {
  const b = new Builder(scheduleGraph(graph));
  let current = graph;
  for (const pass of [...passes, ...targetPasses[target], ...more]) {
    current = pass.run(current, b);
    observe?.(pass, renumbered(current));
  }
  return renumbered(current);
}

export function optimizeProgram(program: Program, target: TargetName = 'tfjs'): Program {
  const type = narrowTypes[program.precision ?? 'float32'];
  const more = type ? [narrowProducts(type), holdNarrow(type)] : [];
  return mapProgram(program, (graph) => optimizeGraph(graph, undefined, target, more));
}

/** A program of any target's for one that has no fused operations. */
export function spellOutProgram(program: Program): Program {
  return mapProgram(program, (graph) => renumbered(spellOutFused.run(graph, new Builder(scheduleGraph(graph)))));
}

function mapProgram(program: Program, change: (graph: Graph) => Graph): Program {
  return {
    ...program,
    init: change(program.init),
    step: change(program.step),
    micro: program.micro && {
      ...program.micro,
      passes: program.micro.passes.map(({ graph, each }) => ({ graph: change(graph), each })),
    },
    epoch: program.epoch && {
      gather: program.epoch.gather && change(program.epoch.gather),
      update: change(program.epoch.update),
    },
    represent: change(program.represent),
    representViews: program.representViews && change(program.representViews),
    pairEnergies: program.pairEnergies && change(program.pairEnergies),
    energies: Object.fromEntries(Object.entries(program.energies).map(([name, graph]) => [name, change(graph)])),
  };
}

/** Values of a forward program, before it is differentiated: what is made small or fused there has a small or fused gradient. */
export function optimizeForward(b: Builder, values: readonly Node[], target: TargetName = 'tfjs'): readonly Node[] {
  let graph: Graph = { name: 'forward', inputs: [], outputs: Object.fromEntries(values.entries()), updates: {} };
  const fusing = target === 'tensorflow' ? [recognizeNormalization] : [];
  for (const pass of [dropBroadcasts, contractProducts, ...fusing]) graph = pass.run(graph, b);
  return values.map((_, i) => graph.outputs[i] as Node);
}
