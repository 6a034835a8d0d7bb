/** What changes from step to step, and what is differentiated inside an objective. */
import type { Period } from '../../graph/types.js';
import { asNode } from '../expression.js';
import { describe, missing, number } from '../values.js';
import type { Builtin } from './builtin.js';

const periods: readonly Period[] = ['epoch', 'stage'];

/** No declaration can have this name. */
const stageState = '0/stage';

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
      return { ...layer, path: undefined, copy: { source: layer.path, follows: { kind: 'average', decay } } };
    },
  },
  frozen: {
    parameters: 'f since?',
    doc: 'A copy of an encoder as it was when the present stage of training began, or with `since: "epoch"` the present epoch; in the first, f untrained. It never receives gradient, and is used, not trained: its batch statistics are the averages that f had kept.',
    run(e, args) {
      const { value: layer, span: at } = args.get('f')!;
      if (layer.kind !== 'layer' || layer.path === undefined) {
        const expected = 'an encoder of this model';
        return e.fail('EBM2013', { what: 'the argument of `frozen`', expected, actual: describe(layer) }, at);
      }
      const since = args.get('since');
      const period = since ? periods.find((p) => since.value.kind === 'string' && since.value.value === p) : 'stage';
      if (!period) {
        const slots = { what: '`since`', expected: '"epoch" or "stage"', actual: describe(since!.value) };
        return e.fail('EBM2013', slots, since!.span);
      }
      return { ...layer, path: undefined, copy: { source: layer.path, follows: { kind: 'start', of: period } } };
    },
  },
  stage: {
    parameters: '',
    doc: 'The number of the stage of training (`train M on a then b`), 0 in the first: `where(stage() > 0, …, 0)` is a term of the later ones.',
    run: (e, _args, span) => e.state(stageState, 'stage', [], span, () => e.constant(0, span)),
  },
  examples: {
    parameters: 'x count',
    doc: 'In `before epoch`: the value of one example for that many different examples of the data set, `[count, ...]`, drawn anew each epoch, by the model as it is used.',
    run: (e, _args, span) => e.fail('EBM2081', {}, span),
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
