/** What changes from step to step, and what is differentiated inside an objective. */
import type { Period } from '../../graph/types.js';
import { asNode } from '../expression.js';
import { parameterVector } from '../parameters.js';
import { unnamedOwner } from '../typed-model.js';
import { describe, missing, number } from '../values.js';
import type { Builtin } from './builtin.js';

const periods: readonly Period[] = ['epoch', 'stage'];

const stageState = `${unnamedOwner}/stage`;
const frozenStates = `${unnamedOwner}/frozen`;
const averagedStates = `${unnamedOwner}/ema`;

export const dynamicsBuiltins: Record<string, Builtin> = {
  ema: {
    parameters: 'f decay?',
    doc: 'A copy of an encoder whose parameters follow those of f, or of a `param`: after each step decay · own + (1 - decay) · f (`decay` is 0.99 by default; `0.996 -> 1.0` changes it over the training). It starts equal to f and never receives gradient.',
    run(e, args, span) {
      const { value: layer, span: at } = args.get('f')!;
      const parameter = e.stateOf(layer, 'parameter');
      if (!parameter && (layer.kind !== 'layer' || layer.path === undefined)) {
        const expected = 'an encoder or a `param` of this model';
        return e.fail('EBM2013', { what: 'the argument of `ema`', expected, actual: describe(layer) }, at);
      }
      const given = args.get('decay');
      const decay = asNode(e, given?.value ?? number(0.99), given?.span ?? span, '`decay`');
      if (!decay) return missing;
      if (decay.type.shape.length > 0 || decay.axes.length > 0) {
        const expected = 'one number, or a schedule such as `0.996 -> 1.0`';
        return e.fail('EBM2013', { what: '`decay`', expected, actual: describe(given!.value) }, given!.span);
      }
      const follows = { kind: 'average', decay } as const;
      if (layer.kind === 'layer') return { ...layer, path: undefined, copy: { source: layer.path!, follows } };
      const name = `${averagedStates}/${e.numberOf(decay)}/${parameter!.name}`;
      const copy = { source: parameter!.name, follows };
      return e.state(name, 'target', parameter!.type.shape, span, () => parameter!.initial, copy);
    },
  },
  frozen: {
    parameters: 'f since?',
    doc: 'A copy of an encoder, a `param` or a state, as it was when the present stage of training began, or with `since: "epoch"` the present epoch; in the first, f untrained, a state as it started. An encoder never receives gradient, and is used, not trained: its batch statistics are the averages that f had kept.',
    run(e, args, span) {
      const { value: layer, span: at } = args.get('f')!;
      const source = e.stateOf(layer, 'buffer') ?? e.stateOf(layer, 'parameter');
      if (!source && (layer.kind !== 'layer' || layer.path === undefined)) {
        const expected = 'an encoder, a `param` or a state of this model';
        return e.fail('EBM2013', { what: 'the argument of `frozen`', expected, actual: describe(layer) }, at);
      }
      const since = args.get('since');
      const period = since ? periods.find((p) => since.value.kind === 'string' && since.value.value === p) : 'stage';
      if (!period) {
        const slots = { what: '`since`', expected: '"epoch" or "stage"', actual: describe(since!.value) };
        return e.fail('EBM2013', slots, since!.span);
      }
      const follows = { kind: 'start', of: period } as const;
      if (layer.kind === 'layer') return { ...layer, path: undefined, copy: { source: layer.path!, follows } };
      const name = `${frozenStates}/${period}/${source!.name}`;
      const copy = { source: source!.name, follows };
      return e.state(name, 'frozen', source!.type.shape, span, () => source!.initial, copy);
    },
  },
  parameters: {
    parameters: 'f',
    doc: 'The parameters of an encoder, or of a copy of one, as one vector `[n]`, in the order in which a call makes them. They are known where f has been called. `grad(value, f)` has the same order.',
    run(e, args, span) {
      const { value: layer, span: at } = args.get('f')!;
      if (layer.kind === 'layer' && layer.path !== undefined) return parameterVector(e, layer, span);
      const slots = {
        what: 'the argument of `parameters`',
        expected: 'an encoder of this model',
        actual: describe(layer),
      };
      return e.fail('EBM2013', slots, at);
    },
  },
  stage: {
    parameters: '',
    doc: 'The number of the stage of training (`train M on a then b`), 0 in the first: `where(stage() > 0, …, 0)` is a term of the later ones.',
    run: (e, _args, span) => e.state(stageState, 'stage', [], span, () => e.constant(0, span)),
  },
  training: {
    parameters: '',
    doc: 'True in a training step, false where the model is used, and in `frozen` copies: `if training() then … else …` takes one branch when compiled. Moving averages are called as the step calls them.',
    run: (e) => ({ kind: 'bool', value: e.mode === 'train' }),
  },
  examples: {
    parameters: 'x count',
    doc: 'In `before epoch`: the value of one example for that many different examples of the data set, `[count, ...]`, drawn anew each epoch, by the model as it is used.',
    run: (e, _args, span) => e.fail('EBM2081', {}, span),
  },
  grad: {
    parameters: 'value y',
    doc: 'The gradient of a scalar with respect to the name `y` that it is written with, `grad(E(y), y)`; again differentiable, to any order. With respect to an encoder f, `grad(batch.mean(loss), f)`, it is a vector as `parameters(f)` is, of a scalar that is the same for all examples.',
    // A call in the text is a special form; any other way to reach it has no expression to look at.
    run: (e, _args, span) => e.fail('EBM2034', {}, span),
  },
  once: {
    parameters: 'x',
    doc: 'Draws inside x are made once a step, the same for all examples: `once(normal([d, k]))`.',
    run: (e, _args, span) => e.fail('EBM2046', {}, span),
  },
};
