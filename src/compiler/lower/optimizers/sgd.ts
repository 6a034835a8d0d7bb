import { decays, type Optimizer, shapeOf } from './optimizer.js';

/** v ← momentum v + (g + decay p); p ← p - rate v: PyTorch's SGD, dampening 0. */
export const sgd: Optimizer = {
  doc: 'Stochastic gradient descent with momentum (Sutskever et al. 2013, in the form of PyTorch).',
  update(b, parameters, rate, { momentum, decay }, slots) {
    const result = new Map();
    for (const parameter of parameters) {
      let g = parameter.gradient;
      if (decay && decays(parameter)) g = b.add(g, b.mul(b.scalar(decay), parameter.value));
      if (momentum) {
        const name = `optimizer/velocity/${parameter.name}`;
        g = b.add(b.mul(b.scalar(momentum), slots.read(name, shapeOf(parameter.value))), g);
        slots.write(name, g);
      }
      result.set(parameter.name, b.sub(parameter.value, b.mul(rate, g)));
    }
    return result;
  },
};
