/** `Trajectory[steps] { … }` in a model and in a data set: a record whose fields are read at every step. */
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { parseModule, printModule } from '../../src/grammar/index.js';
import { library } from '../std/run.js';

const text = `use std.heads { mlp }
use std.energies { mean_square }

model World {
  data s: Trajectory[16] { observation: [4], action: Class[2] }

  encoder f = mlp(hidden: 32, out: 4)

  energy E(context, next) = mean_square(f(context), next)

  minimize {
    next: E(concat(s.observation[0:15], one_hot(s.action[0:15], 2), axis: 1), s.observation[1:16])
  }
  representation f(concat(s.observation[0], one_hot(s.action[0], 2)))
}

dataset cart = trajectories("*.npz") {
  s: Trajectory[16] { observation: [4], action: Class[2] }
}

train World on cart.train { epochs: 1 }
`;

test('its fields are data of the model and columns of the data set', () => {
  const { diagnostics, models, datasets } = checkFile({ path: 'w.ebm', text }, library);
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  expect(models[0]!.inputs.map(({ name, type, below }) => [name, type.dtype, type.shape, below])).toEqual([
    ['observation', 'float32', [16, 4], undefined],
    ['action', 'int32', [16], 2],
  ]);
  expect(datasets[0]!.fields.map(({ name, type, shape }) => [name, type, shape])).toEqual([
    ['observation', 'Tensor', [16, 4]],
    ['action', 'Tokens', [16, 2]],
  ]);
});

test('it is printed as it is written', () => {
  const { module, diagnostics } = parseModule({ path: 'w.ebm', text });
  expect(diagnostics).toEqual([]);
  expect(printModule(module)).toBe(text);
});

test.each(['Trajectory[16]', 'Trajectory { observation: [4] }'])('%s lacks something', (type) => {
  const wrong = text.replaceAll('Trajectory[16] { observation: [4], action: Class[2] }', type);
  const { diagnostics } = checkFile({ path: 'w.ebm', text: wrong }, library);
  expect(diagnostics.map(({ code }) => code)).toContain('EBM2051');
});
