/** Gradients of activations as one operation, written by passes for targets that have kernels for them. */
import { define, type Op } from './op.js';
import { broadcastShapes } from './shapes.js';

export type ActivationGradientName = 'relu_gradient';

export const activationGradientOps: { readonly [N in ActivationGradientName]: Op } = {
  relu_gradient: define({
    name: 'relu_gradient',
    doc: 'The first value where the second is positive, else 0; both of one shape.',
    arity: 2,
    infer([g, y]) {
      const shape = broadcastShapes(g!.shape, y!.shape);
      return typeof shape === 'string' ? shape : { dtype: g!.dtype, shape };
    },
    spell: (b, [g, y]) => b.mul(g!, b.mask('greater', y!, b.scalar(0), g!)),
    evaluate: ([g, y]) => ({ shape: g!.shape, data: g!.data.map((v, i) => (y!.data[i]! > 0 ? v : 0)) }),
    batching: 'none',
    tensorflow: (c) => c.op('ReluGrad', c.args, { T: { type: c.type.dtype } }),
  }),
};
