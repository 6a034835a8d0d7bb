/** Reductions over a value's own axes. */
import { showShape } from '../../graph/dim.js';
import { missing } from '../values.js';
import { argAxes, argBool, argInt, argNode, type Builtin } from './builtin.js';

function reduction(op: string): Builtin {
  return {
    parameters: 'x axis? keep? keepdims?',
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      const axes = x && argAxes(e, args, x.type.shape.length);
      if (!x || !axes) return missing;
      if (axes.length === 0) return { kind: 'tensor', node: x };
      // The sum of nothing is 0; nothing has no mean, no largest, no variance.
      if (op !== 'reduce_sum' && axes.some((axis) => x.type.shape[axis] === 0))
        return e.fail('EBM2048', { what: op.replace('reduce_', ''), shape: showShape(x.type.shape) }, span);
      return e.tensor(op as never, [x], { axes, keepdims: argBool(args, 'keepdims', false) }, span);
    },
  };
}

export const reduceBuiltins: Record<string, Builtin> = {
  sum: reduction('reduce_sum'),
  mean: reduction('reduce_mean'),
  max: reduction('reduce_max'),
  min: reduction('reduce_min'),
  var: reduction('variance'),
  logsumexp: reduction('logsumexp'),
  argmax: {
    parameters: 'x axis?',
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      const axis = argInt(e, args, 'axis', -1);
      if (!x || axis === undefined) return missing;
      return e.tensor('argmax', [x], { axis: axis < 0 ? axis + x.type.shape.length : axis }, span);
    },
  },
  argsort: {
    parameters: 'x',
    run(e, args, span) {
      const x = argNode(e, args, 'x');
      return x ? e.tensor('argsort', [x], {}, span) : missing;
    },
  },
};
