/** Draws: functions of (seed, step, site) alone; see `../random.ts` for the generator. No gradients. */
import { type Dim, showDim } from '../dim.js';
import { countOf } from '../ndarray.js';
import { type Draws, drawNormal, drawPermutation, drawUniform } from '../random.js';
import { define, notCompiled, type Op, type TensorflowContext } from './op.js';
import { ascendingOrder } from './reduce.js';
import { float32, literal, staticShape } from './shapes.js';

export type RandomName = 'random_uniform' | 'random_normal' | 'random_permutation';

type RandomAttrs = { readonly shape: readonly Dim[]; readonly site: string };
type PermutationAttrs = RandomAttrs & { readonly size: Dim };

function needed(draws: Draws | undefined): Draws {
  if (!draws) throw new Error('a random operation is evaluated without a seed and a step');
  return draws;
}

/** TensorFlow's number for the Philox generator. */
const philox = 1;

function stateless(c: TensorflowContext, name: string, site: string, shape: readonly number[]): string {
  const { key, counter } = c.draws(site);
  // Compiled (XLA), the same operation gives other numbers.
  const attrs = { dtype: { type: 'float32' }, Tshape: { type: 'int32' }, ...notCompiled } as const;
  return c.op(name, [c.ints(shape), key, counter, c.ints(philox)], attrs);
}

function floats(name: 'random_uniform' | 'random_normal', doc: string, tfjs: string, draw: typeof drawUniform): Op {
  return define<RandomAttrs>({
    name,
    doc,
    arity: 0,
    infer: (_args, { shape }) => float32(shape),
    evaluate(_args, { site }, type, draws) {
      const shape = staticShape(type.shape);
      return { shape, data: Float64Array.from(draw(needed(draws), site, countOf(shape))) };
    },
    batching: 'none',
    tfjs: (c, { shape, site }) => `${c.support(tfjs)}(this.draws, ${literal(site)}, ${literal(staticShape(shape))})`,
    tensorflow: (c, { shape, site }) =>
      stateless(
        c,
        name === 'random_uniform' ? 'StatelessRandomUniformV2' : 'StatelessRandomNormalV2',
        site,
        staticShape(shape),
      ),
  });
}

export const randomOps: { readonly [N in RandomName]: Op } = {
  random_uniform: floats('random_uniform', 'Uniform draws in [0, 1).', 'randomUniform', drawUniform),
  random_normal: floats('random_normal', 'Standard normal draws.', 'randomNormal', drawNormal),
  random_permutation: define<PermutationAttrs>({
    name: 'random_permutation',
    doc: 'Random orders of 0 … size-1 (int), one for each place of `shape`: [shape, size].',
    arity: 0,
    infer: (_args, { shape, size }) =>
      typeof size === 'number' && size < 0
        ? `a permutation of ${showDim(size)}`
        : { dtype: 'int32', shape: [...shape, size] },
    evaluate(_args, { site }, type, draws) {
      const shape = staticShape(type.shape);
      const rows = countOf(shape.slice(0, -1));
      return { shape, data: Float64Array.from(drawPermutation(needed(draws), site, rows, shape[shape.length - 1]!)) };
    },
    batching: 'none',
    tfjs: (c, { site }) =>
      `${c.support('randomPermutation')}(this.draws, ${literal(site)}, ${literal(staticShape(c.type.shape))})`,
    tensorflow(c, { site }) {
      const shape = staticShape(c.type.shape);
      return ascendingOrder(c, stateless(c, 'StatelessRandomUniformV2', site, shape), shape.at(-1)!);
    },
  }),
};
