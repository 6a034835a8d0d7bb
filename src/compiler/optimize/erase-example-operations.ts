// In: a graph in which `batch`, `batch_reduce`, `running` and `pin` show where examples meet.
// Out: the same without them: a batch is its argument, a reduction over examples a plain one.
// Guarantee: every value is the same to the last bit. Passes that ask about examples come before this one.
import type { Node } from '../graph/types.js';
import type { Pass } from './pass.js';
import { type Rule, rewriteGraph } from './rewrite.js';

const plainReduction: Readonly<Record<string, Node['op']>> = {
  mean: 'reduce_mean',
  sum: 'reduce_sum',
  max: 'reduce_max',
  variance: 'variance',
};

const eraseBatch: Rule = {
  name: 'batch(x) = x, running(x) = x, pin(x) = x',
  ops: ['batch', 'running', 'pin'],
  apply: (_b, node) => node.args[0],
};

const eraseBatchReduce: Rule = {
  name: 'batch_reduce = a reduction over the same axes',
  ops: ['batch_reduce'],
  apply(b, node) {
    const { kind, axes, keepdims } = node.attrs;
    const op = plainReduction[String(kind)];
    if (op === undefined || axes === undefined) throw new Error(`no plain reduction for batch.${String(kind)}`);
    return b.op(op, node.args, { axes, keepdims: keepdims ?? false });
  },
};

export const eraseExampleOperations: Pass = {
  name: 'erase-example-operations',
  description: 'batch statistics become plain reductions',
  run: (graph, b) => rewriteGraph(b, graph, [eraseBatch, eraseBatchReduce]),
};
