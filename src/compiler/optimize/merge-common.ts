// In: a graph.
// Out: the same graph in which equal operations on equal arguments are one, and nothing is left that no result needs.
// Guarantee: every value is the same to the last bit.
import type { Pass } from './pass.js';
import { rewriteGraph } from './rewrite.js';

export const mergeCommon: Pass = {
  name: 'merge-common',
  description: 'computes equal expressions once, unused ones never',
  run: (graph, b) => rewriteGraph(b, graph, []),
};
