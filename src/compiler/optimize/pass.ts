/** A step of the optimizer: `--emit` shows the graph after each, under its name. */
import type { Builder } from '../graph/builder.js';
import type { Graph } from '../graph/types.js';

export interface Pass {
  readonly name: string;
  readonly description: string;
  run(graph: Graph, b: Builder): Graph;
}
