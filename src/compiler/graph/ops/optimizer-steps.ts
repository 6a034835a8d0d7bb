/** An optimizer's update of one parameter as one operation, written for targets that have a kernel for it. */
import type { Builder } from '../builder.js';
import { sameShape } from '../dim.js';
import type { Node } from '../types.js';
import { define, type NdArray, type Op } from './op.js';
import { wants } from './shapes.js';

export type OptimizerStepName = 'adamw_step';

/** `of`: which of the three new values this is. */
export type AdamwAttrs = {
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly of: 'parameter' | 'mean' | 'square';
};

/** The arguments by name: the scalars are the step size, √(1 - β₂ᵗ), and what the parameter is multiplied with before. */
export function adamwArguments<T>([parameter, mean, square, gradient, stepSize, rootCorrection, keep]: readonly T[]) {
  return { parameter, mean, square, gradient, stepSize, rootCorrection, keep } as Record<
    'parameter' | 'mean' | 'square' | 'gradient' | 'stepSize' | 'rootCorrection' | 'keep',
    T
  >;
}

function spell(b: Builder, args: readonly Node[], { beta1, beta2, eps, of }: AdamwAttrs): Node {
  const { parameter, mean, square, gradient, stepSize, rootCorrection, keep } = adamwArguments(args);
  const average = (before: Node, beta: number, value: Node): Node =>
    b.add(b.scale(before, beta), b.scale(value, 1 - beta));
  const m = average(mean, beta1, gradient);
  if (of === 'mean') return m;
  const v = average(square, beta2, b.square(gradient));
  if (of === 'square') return v;
  const denominator = b.add(b.div(b.sqrt(v), rootCorrection), b.scalar(eps));
  return b.sub(b.mul(parameter, keep), b.mul(stepSize, b.div(m, denominator)));
}

function evaluate(args: readonly NdArray[], { beta1, beta2, eps, of }: AdamwAttrs): NdArray {
  const { parameter, mean, square, gradient, stepSize, rootCorrection, keep } = adamwArguments(args);
  const [size, root, kept] = [stepSize.data[0]!, rootCorrection.data[0]!, keep.data[0]!];
  const data = parameter.data.map((p, i) => {
    const g = gradient.data[i]!;
    const m = beta1 * mean.data[i]! + (1 - beta1) * g;
    const v = beta2 * square.data[i]! + (1 - beta2) * g * g;
    return of === 'mean' ? m : of === 'square' ? v : p * kept - (size * m) / (Math.sqrt(v) / root + eps);
  });
  return { shape: parameter.shape, data };
}

export const optimizerStepOps: { readonly [N in OptimizerStepName]: Op } = {
  adamw_step: define<AdamwAttrs>({
    name: 'adamw_step',
    doc: 'The parameter, or the moving mean or mean square of its gradients, after a step of AdamW (Loshchilov and Hutter 2019, algorithm 2).',
    arity: 7,
    infer(args) {
      const [parameter, ...others] = args;
      for (const { dtype } of args) if (dtype !== 'float32') return wants('adamw_step', 'float32', dtype);
      if (others.slice(0, 3).some(({ shape }) => !sameShape(shape, parameter!.shape)))
        return 'the parameter, its averages and its gradient must have one shape';
      return others.slice(3).some(({ shape }) => shape.length > 0)
        ? 'step size, correction and decay are scalars'
        : parameter!;
    },
    spell,
    evaluate,
    batching: 'none',
  }),
};
