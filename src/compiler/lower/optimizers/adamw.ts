import type { AdamwAttrs } from '../../graph/ops/optimizer-steps.js';
import { decays, type Optimizer, shapeOf } from './optimizer.js';

/** Adam with decoupled weight decay: p ← p - rate decay p - rate m̂ / (√v̂ + eps). */
export const adamw: Optimizer = {
  doc: 'AdamW (Loshchilov and Hutter 2019, algorithm 2, decay times rate as in PyTorch).',
  update(b, parameters, rate, { beta1, beta2, eps, decay }, slots, fused) {
    const step = b.add(slots.read('optimizer/step', []), b.scalar(1));
    slots.write('optimizer/step', step);
    // 1 - beta^t, once a step.
    const correction = (beta: number) => b.sub(b.scalar(1), b.op('exp', [b.mul(step, b.scalar(Math.log(beta)))]));
    const rootCorrection = b.op('sqrt', [correction(beta2!)]);
    const stepSize = b.div(rate, correction(beta1!));
    const keep = b.sub(b.scalar(1), b.mul(rate, b.scalar(decay!)));
    const result = new Map();
    for (const parameter of parameters) {
      const { name, gradient: g } = parameter;
      const shape = shapeOf(parameter.value);
      if (fused) {
        const slot = (name: string) => `optimizer/${name}/${parameter.name}`;
        const averages = [slots.read(slot('mean'), shape), slots.read(slot('square'), shape)];
        const kept = decay && decays(parameter) ? keep : b.scalar(1);
        const args = [parameter.value, ...averages, g, stepSize, rootCorrection, kept];
        const part = (of: AdamwAttrs['of']) =>
          b.op('adamw_step', args, { beta1: beta1!, beta2: beta2!, eps: eps!, of });
        slots.write(slot('mean'), part('mean'));
        slots.write(slot('square'), part('square'));
        result.set(name, part('parameter'));
        continue;
      }
      const average = (slot: string, beta: number, value: typeof g) => {
        const key = `optimizer/${slot}/${name}`;
        const next = b.add(b.mul(slots.read(key, shape), b.scalar(beta)), b.mul(value, b.scalar(1 - beta)));
        slots.write(key, next);
        return next;
      };
      const m = average('mean', beta1!, g);
      const v = average('square', beta2!, b.op('square', [g]));
      const denominator = b.add(b.div(b.op('sqrt', [v]), rootCorrection), b.scalar(eps!));
      const decayed = decay && decays(parameter) ? b.mul(parameter.value, keep) : parameter.value;
      result.set(name, b.sub(decayed, b.mul(stepSize, b.div(m, denominator))));
    }
    return result;
  },
};
