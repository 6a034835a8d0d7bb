/** What crosses examples, and random draws. */
import type { Span } from '../../../grammar/source.js';
import type { Node } from '../../graph/types.js';
import type { Elaborator } from '../elaborator.js';
import { asNode } from '../expression.js';
import { collect, exampleAxisOf } from '../map.js';
import { missing, type Value } from '../values.js';
import { type Arguments, argAxes, argBool, argInt, argNode, argNumber, type Builtin } from './builtin.js';
import { argShape } from './shape.js';

/** The argument of every example, `[batch, ...]`; undefined after reporting a value that is the same for all. */
function everyExample(e: Elaborator, args: Arguments, what: string, span: Span): Node | undefined {
  const name = args.has('e') ? 'e' : 'x';
  const x = argNode(e, args, name);
  if (!x) return undefined;
  const axis = exampleAxisOf(x);
  if (axis) return collect(e, x, axis, span);
  e.fail('EBM2030', { what: `\`${what}\`` }, span);
  return undefined;
}

const reduced = 'x axis? keep? keepdims?';

/** A statistic over the examples and, with `axis` or `keep`, over axes of the value too. */
function statistic(
  name: string,
  what: string,
  run: (e: Elaborator, all: Node, axes: number[], keepdims: boolean, args: Arguments, span: Span) => Value,
): Builtin {
  return {
    parameters: name === 'var' || name === 'std' ? `${reduced} correction?` : reduced,
    doc: `${what} Over the examples of the batch and, with \`axis\` or \`keep\`, over axes of x too. The same for all examples.`,
    run(e, args, span) {
      const all = everyExample(e, args, `batch.${name}`, span);
      const rank = all ? all.type.shape.length - 1 : 0;
      const own = all && argAxes(e, args, rank, false);
      if (!all || !own) return missing;
      const keepdims = argBool(args, 'keepdims', false);
      const result = run(e, all, [0, ...own.map((k) => k + 1)], keepdims, args, span);
      if (!keepdims || result.kind !== 'tensor') return result;
      return e.tensor('reshape', [result.node], { shape: result.node.type.shape.slice(1) }, span);
    },
  };
}

const reduce =
  (op: string) =>
  (e: Elaborator, all: Node, axes: number[], keepdims: boolean, _args: Arguments, span: Span): Value =>
    e.tensor(op as never, [all], { axes, keepdims }, span);

/** The variance with `correction` degrees of freedom taken off the number of values (0: biased). */
function variance(e: Elaborator, all: Node, axes: number[], keepdims: boolean, args: Arguments, span: Span): Value {
  const biased = reduce('variance')(e, all, axes, keepdims, args, span);
  const correction = argNumber(e, args, 'correction', 0);
  if (biased.kind !== 'tensor' || !correction) return biased;
  const count = axes.reduce((n, axis) => n * sizeAt(e, all, axis), 1);
  return e.tensor('mul', [biased.node, e.constant(count / (count - correction), span)], {}, span);
}

function sizeAt(e: Elaborator, node: Node, axis: number): number {
  const dim = node.type.shape[axis]!;
  return typeof dim === 'number' ? dim : dim.text === 'batch' ? e.batch : Number.NaN;
}

/** zᵀ z / (n - correction) of the centred (and with `scaled`, standardised) values `[n, d]`. */
function covariance(scaled: boolean): Builtin {
  return {
    parameters: scaled ? 'x eps?' : 'x correction?',
    doc: scaled
      ? 'The correlations `[d, d]` of a vector `[d]` over the batch, divided by N; `eps` (1e-5 by default) is added to the variances.'
      : 'The covariances `[d, d]` of a vector `[d]` over the batch, divided by N - `correction` (0 by default).',
    run(e, args, span) {
      const all = everyExample(e, args, scaled ? 'batch.corr' : 'batch.cov', span);
      if (!all) return missing;
      if (all.type.shape.length !== 2) {
        return e.fail('EBM2010', { message: '`batch.cov` takes a vector [d] of each example' }, span);
      }
      const mean = e.node('reduce_mean', [all], { axes: [0], keepdims: true }, span);
      let centred = mean && e.node('sub', [all, mean], {}, span);
      if (!centred) return missing;
      let correction = 0;
      if (scaled) {
        const variance = e.node('variance', [all], { axes: [0], keepdims: true }, span)!;
        const eps = e.constant(argNumber(e, args, 'eps', 1e-5) ?? 0, span);
        const scale = e.node('rsqrt', [e.node('add', [variance, eps], {}, span)!], {}, span)!;
        centred = e.node('mul', [centred, scale], {}, span)!;
      } else correction = argNumber(e, args, 'correction', 0) ?? 0;
      const product = e.node('contract', [centred, centred], { batch: [[], []], over: [[0], [0]] }, span);
      if (!product) return missing;
      return e.tensor('mul', [product, e.constant(1 / (sizeAt(e, all, 0) - correction), span)], {}, span);
    },
  };
}

/** A random draw for each example at this place. */
function draw(op: 'random_uniform' | 'random_normal', e: Elaborator, args: Arguments, span: Span): Node | undefined {
  const shape = args.has('shape') ? argShape(e, args, 'shape') : [];
  if (!shape) return undefined;
  return e.node(op, [], { shape, site: e.drawSite(op.slice('random_'.length)) }, span, e.drawAxes);
}

export const exampleBuiltins: Record<string, Builtin> = {
  batch: {
    parameters: 'e',
    doc: 'The value of `e` of every example in the batch: `[N, ...]`. The same for all examples. `E(x, batch(y))` is one energy for each.',
    run(e, args, span) {
      const node = everyExample(e, args, 'batch', span);
      return node ? { kind: 'tensor', node } : missing;
    },
  },
  others: {
    parameters: 'e',
    doc: 'The value of `e` of every other example: `[N - 1, ...]`.',
    run(e, args, span) {
      const all = everyExample(e, args, 'others', span);
      if (!all) return missing;
      const axes = [...all.axes, e.exampleAxis].sort((a, b) => a.id - b.id);
      return e.tensor('drop_self', [all], { axis: e.exampleAxis }, span, axes);
    },
  },
  'batch.mean': statistic('mean', 'The mean.', reduce('reduce_mean')),
  'batch.sum': statistic('sum', 'The sum.', reduce('reduce_sum')),
  'batch.max': statistic('max', 'The largest value.', reduce('reduce_max')),
  'batch.var': statistic(
    'var',
    'The variance, divided by the number of values less `correction` (0 by default: biased).',
    variance,
  ),
  'batch.std': statistic(
    'std',
    'The square root of `batch.var`, with the same `correction`.',
    (e, all, axes, keepdims, args, span) => {
      const v = variance(e, all, axes, keepdims, args, span);
      return v.kind === 'tensor' ? e.tensor('sqrt', [v.node], {}, span) : v;
    },
  ),
  'batch.cov': covariance(false),
  'batch.corr': covariance(true),
  running: {
    parameters: 'e decay? start?',
    doc: '`e` while training; afterwards its moving average, `decay` (0.9 by default) of the old and the rest of the new, from `start` (0 by default).',
    run(e, args, span) {
      const decay = argNumber(e, args, 'decay', 0.9);
      const start = argNumber(e, args, 'start', 0);
      const x = argNode(e, args, 'e');
      if (!x || decay === undefined || start === undefined) return missing;
      const hint = e.hint ?? 'running';
      const name = e.nextName(hint).replace(/_1$/, '');
      const shape = x.type.shape;
      const copy = e.copyOf(name);
      const frozen = copy?.follows.kind === 'start' ? copy : undefined;
      const initial = () => {
        const value = e.constant(start, span);
        return shape.length === 0 ? value : e.node('broadcast_to', [value], { shape }, span);
      };
      const state = e.state(name, frozen ? 'frozen' : 'average', shape, span, initial, frozen);
      if (e.mode === 'use') return state;
      return e.tensor('running', [x], { name, decay }, span);
    },
  },
};

export const randomBuiltins: Record<string, Builtin> = {
  uniform: {
    parameters: 'shape? low? high?',
    doc: 'Draws between `low` (0 by default) and `high` (1 by default); without `shape`, or with `[]`, one number. Drawn anew for each example, step and place in the text.',
    run(e, args, span) {
      const u = draw('random_uniform', e, args, span);
      if (!u) return missing;
      if (!args.has('low') && !args.has('high')) return { kind: 'tensor', node: u };
      const low = asNode(e, args.get('low')?.value ?? { kind: 'number', value: 0, dim: 0 }, span, '`low`');
      const high = asNode(e, args.get('high')?.value ?? { kind: 'number', value: 1, dim: 1 }, span, '`high`');
      if (!low || !high) return missing;
      const width = e.node('sub', [high, low], {}, span);
      const scaled = width && e.node('mul', [u, width], {}, span);
      return scaled ? e.tensor('add', [scaled, low], {}, span) : missing;
    },
  },
  normal: {
    parameters: 'shape?',
    doc: 'Draws from the normal distribution of mean 0 and deviation 1; drawn as `uniform` is.',
    run(e, args, span) {
      const node = draw('random_normal', e, args, span);
      return node ? { kind: 'tensor', node } : missing;
    },
  },
  permutation: {
    parameters: 'n',
    doc: 'The ints 0 to n - 1 in an order that is drawn, `[n]`; drawn as `uniform` is.',
    run(e, args, span) {
      const size = argInt(e, args, 'n', 0);
      if (size === undefined) return missing;
      return e.tensor('random_permutation', [], { shape: [], size, site: e.drawSite('permutation') }, span, e.drawAxes);
    },
  },
};
