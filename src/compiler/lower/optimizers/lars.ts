import { decays, type Optimizer, shapeOf } from './optimizer.js';

/** Momentum with a rate for each parameter: rate · eta ‖p‖ / (‖g‖ + decay ‖p‖), 1 where either norm is 0; vectors get plain momentum. */
export const lars: Optimizer = {
  doc: 'LARS (You et al. 2017, equation 6); norms and biases take no trust ratio and no decay, as in SimCLR and BYOL.',
  update(b, parameters, rate, { momentum, decay, eta }, slots) {
    const result = new Map();
    for (const parameter of parameters) {
      const { name, value } = parameter;
      let g = parameter.gradient;
      if (decays(parameter)) {
        const axes = value.type.shape.map((_, k) => k);
        const norm = (x: typeof g) =>
          b.op('sqrt', [b.op('reduce_sum', [b.op('square', [x])], { axes, keepdims: false })]);
        const p = norm(value);
        const n = norm(g);
        const ratio = b.div(b.mul(b.scalar(eta!), p), b.add(b.add(n, b.mul(b.scalar(decay!), p)), b.scalar(1e-8)));
        const both = b.op('logical_and', [b.op('greater', [p, b.scalar(0)]), b.op('greater', [n, b.scalar(0)])]);
        const trust = b.op('where', [both, ratio, b.scalar(1)]);
        g = b.mul(b.add(g, b.mul(b.scalar(decay!), value)), trust);
      }
      const slot = `optimizer/velocity/${name}`;
      const v = b.add(b.mul(b.scalar(momentum!), slots.read(slot, shapeOf(value))), g);
      slots.write(slot, v);
      result.set(name, b.sub(value, b.mul(rate, v)));
    }
    return result;
  },
};
