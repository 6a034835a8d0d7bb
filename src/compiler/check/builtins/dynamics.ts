/** What changes from step to step, and what is differentiated inside an objective. */
import { asNode } from '../expression.js';
import { describe, missing, number } from '../values.js';
import type { Builtin } from './builtin.js';

export const dynamicsBuiltins: Record<string, Builtin> = {
  ema: {
    parameters: 'f decay?',
    doc: 'A copy of an encoder whose parameters follow those of f: after each step decay · own + (1 - decay) · f (`decay` is 0.99 by default; `0.996 -> 1.0` changes it over the training). It starts equal to f and never receives gradient.',
    run(e, args, span) {
      const { value: layer, span: at } = args.get('f')!;
      if (layer.kind !== 'layer' || layer.path === undefined) {
        const expected = 'an encoder of this model';
        return e.fail('EBM2013', { what: 'the argument of `ema`', expected, actual: describe(layer) }, at);
      }
      const given = args.get('decay');
      const decay = asNode(e, given?.value ?? number(0.99), given?.span ?? span, '`decay`');
      if (!decay) return missing;
      if (decay.type.shape.length > 0 || decay.axes.length > 0) {
        const expected = 'one number, or a schedule such as `0.996 -> 1.0`';
        return e.fail('EBM2013', { what: '`decay`', expected, actual: describe(given!.value) }, given!.span);
      }
      return { ...layer, path: undefined, copy: { source: layer.path, decay } };
    },
  },
  grad: {
    parameters: 'value y',
    doc: 'The gradient of a scalar with respect to the name `y` that it is written with, `grad(E(y), y)`; again differentiable, to any order.',
    // A call in the text is a special form; any other way to reach it has no expression to look at.
    run: (e, _args, span) => e.fail('EBM2034', {}, span),
  },
  once: {
    parameters: 'x',
    doc: 'Draws inside x are made once a step, the same for all examples: `once(normal([d, k]))`.',
    run: (e, _args, span) => e.fail('EBM2046', {}, span),
  },
};
