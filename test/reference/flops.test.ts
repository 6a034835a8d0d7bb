/** What `ebmc check --cost` counts, against torch.utils.flop_counter on torchvision's resnet18 and a transformer of torch's modules. */
import { expect, test } from 'vitest';
import { costOfModel, costOfStep } from '../../src/compiler/analyse/cost.js';
import { compileModel, defaultOptimizer, optimizeProgram } from '../../src/compiler/index.js';
import { fixture, typedModel } from './models.js';

const counted = fixture('flops');
const batch = 4;

const programWith = (shape: string, encoder: string, picture: string): string => `use std.networks { resnet18, vit }
use std.vision { patches }

model M {
  data x: Image[${shape}, 3]
  encoder f = ${encoder}
  let z = f(${picture})
  minimize { size: sum(square(z)) }
  representation z
}
`;

const cases = [
  ['resnet18_full', programWith('224, 224', 'resnet18()', 'x')],
  ['resnet18_small', programWith('32, 32', 'resnet18(stem: "small")', 'x')],
  ['vit', programWith('32, 32', 'vit(grid: 8, dim: 192, depth: 6, heads: 3)', 'patches(x, 4)')],
] as const;

test.each(cases)('%s: parameters, FLOPs of an example forward and of a step', (name, text) => {
  const model = typedModel(text, batch);
  const { parameters, encoders } = costOfModel(model);
  const { forward, step, parameters: torchParameters } = counted[name];
  expect(parameters).toBe(torchParameters);
  expect(encoders.map((encoder) => encoder.forward.products)).toEqual([forward]);
  for (const target of ['tfjs', 'tensorflow'] as const) {
    const program = optimizeProgram(compileModel(model, { optimizer: defaultOptimizer }, target), target);
    expect(costOfStep(program).flops.products).toBe(batch * step);
  }
});
