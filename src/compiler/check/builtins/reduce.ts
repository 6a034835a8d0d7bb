/** Reductions over a value's own axes. */
import { showShape } from '../../graph/dim.js';
import { missing } from '../values.js';
import { argAxes, argBool, argInt, argNode, type Builtin } from './builtin.js';

const axes =
  'Over all axes, or over `axis: k` or `axis: [j, k]`, or over all but `keep: k`; negative axes count from the end. `keepdims: true` keeps reduced axes with size 1.';

function reduction(op: string, doc: string): Builtin {
  return {
    parameters: 'x axis? keep? keepdims?',
    doc: `${doc} ${axes}`,
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      const over = x && argAxes(e, args, x.type.shape.length);
      if (!x || !over) return missing;
      if (over.length === 0) return { kind: 'tensor', node: x };
      // The sum of nothing is 0; nothing has no mean, no largest, no variance.
      if (op !== 'reduce_sum' && over.some((axis) => x.type.shape[axis] === 0))
        return e.fail('EBM2048', { what: op.replace('reduce_', ''), shape: showShape(x.type.shape) }, span);
      return e.tensor(op as never, [x], { axes: over, keepdims: argBool(args, 'keepdims', false) }, span);
    },
  };
}

export const reduceBuiltins: Record<string, Builtin> = {
  sum: reduction('reduce_sum', 'The sum; 0 of nothing.'),
  mean: reduction('reduce_mean', 'The mean.'),
  max: reduction('reduce_max', 'The largest value.'),
  min: reduction('reduce_min', 'The smallest value.'),
  var: reduction('variance', 'The variance, divided by the number of values.'),
  logsumexp: reduction('logsumexp', 'log Σ exp(x); large values do not overflow.'),
  argmax: {
    parameters: 'x axis?',
    doc: 'Where the largest value is along `axis` (the last by default), an int; of equal ones the first.',
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      const axis = argInt(e, args, 'axis', -1);
      if (!x || axis === undefined) return missing;
      return e.tensor('argmax', [x], { axis: axis < 0 ? axis + x.type.shape.length : axis }, span);
    },
  },
  argsort: {
    parameters: 'x',
    doc: 'Indices along the last axis that put x in ascending order, ints.',
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      return x ? e.tensor('argsort', [x], {}, span) : missing;
    },
  },
};
