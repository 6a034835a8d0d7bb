/** A step each of I-JEPA, data2vec and iBOT against torch: the losses, all gradients (as what plain descent makes of the parameters), the teacher and its centres. */
import { describe, expect, test } from 'vitest';
import { compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { array, type Nested } from '../std/run.js';
import { draws, expectAgrees, fixture, typedModel } from './models.js';

const given = fixture('masked_steps');

/** As the examples say them, with places that are given instead of drawn. */
const models: Readonly<Record<string, string>> = {
  ijepa: `use std.networks { vit, position_predictor }
use std.energies { mean_square, standardize }
use std.layers { pool }
model IJEPA {
  data p: [16, 6]
  data keys: [16]
  let order = argsort(keys)
  let context = order[0:7]
  encoder f = vit(grid: 4, dim: 8, depth: 2, heads: 2)
  encoder predictor = position_predictor(grid: 4, dim: 4, depth: 1, heads: 2)
  encoder target = ema(f, decay: 0.9)
  let seen = f(p[context], at: context)
  let whole = stop(standardize(target(p)))
  energy E(known, wanted, place) = mean_square(predictor(known, from: context, at: place), wanted)
  minimize { predict: mean for at in [order[8:12], order[12:16]]: E(seen, whole[at], at) }
  representation pool(f(p))
}
`,
  data2vec: `use std.networks { token_vit }
use std.energies { mean_square }
use std.layers { linear, pool }
use std.vision { shown }
model Data2vec {
  data p: [16, 6]
  data keys: [16]
  let order = argsort(keys)
  let hidden = order[6:16]
  encoder f = token_vit(grid: 4, dim: 8, depth: 3, heads: 2, top: 2)
  encoder head = linear(8)
  encoder teacher = ema(f, decay: 0.9)
  energy E(seen, whole) =
    mean_square(head(f(seen, shown(order[0:6], 16)).patches[hidden]), stop(teacher(whole).layers[hidden]))
  minimize { regress: E(p, p) }
  representation pool(f(p).patches)
}
`,
  ibot: `use std.networks { token_vit }
use std.vision { shown }
use std.heads { mlp }
use std.layers { pool }
use std.energies { distillation }
use std.regularizers { koleo }
use std.memory { blend }
model IBOT {
  data p: [16, 6]
  data q: [16, 6]
  data keys: [16]
  let order = argsort(keys)
  let hidden = order[11:16]
  encoder f = token_vit(grid: 4, dim: 8, depth: 1, heads: 2)
  encoder g = mlp(hidden: 10, out: 7)
  encoder teacher_f = ema(f, decay: 0.9)
  encoder teacher_g = ema(g, decay: 0.9)
  state class_centre: [7] = zeros([7])
  state patch_centre: [7] = zeros([7])
  let student = f(p, shown(order[0:11], 16))
  let teacher = teacher_f(p)
  energy E(t, s) = distillation(t, s, class_centre)
  energy P(t, s) = mean(distillation(t, s, patch_centre))
  minimize {
    class: E(teacher_g(teacher_f(q).class), g(student.class))
    patches: P(teacher_g(teacher.patches[hidden]), g(student.patches[hidden]))
    spread: 0.1 * koleo(student.class)
  }
  after step {
    class_centre = blend(class_centre, batch.mean(teacher_g(teacher_f(q).class)), share: 0.9)
    patch_centre = blend(patch_centre, batch.mean(mean(teacher_g(teacher.patches), axis: 0)), share: 0.9)
  }
  representation pool(f(p).patches)
}
`,
};

const arrays = (nested: Readonly<Record<string, Nested>>) =>
  Object.fromEntries(Object.entries(nested).map(([name, value]) => [name, array(value)]));

describe.each(Object.entries(models))('%s', (name, text) => {
  const { inputs, start, terms, loss, after } = given[name];
  const model = typedModel(text, 5);
  // Averages of batch norm are what averages.test.ts is about; they begin as they are declared.
  const averages = model.states.filter(({ role }) => role === 'average');
  const program = compileModel(model, { optimizer: { name: 'sgd', settings: { rate: 1, momentum: 0, decay: 0 } } });

  test('the states are the same ones', () => {
    const others = model.states.flatMap((state) => (averages.includes(state) ? [] : state.name));
    expect(others.sort()).toEqual(Object.keys(start).sort());
  });

  test.each(['as lowered', 'optimized'])('%s', (how) => {
    const { init, step } = how === 'optimized' ? optimizeProgram(program) : program;
    const states = { ...evaluateGraph(init, {}, {}, draws).updates, ...arrays(start) };
    const rate = { shape: [], data: Float64Array.of(1) };
    const { outputs, updates } = evaluateGraph(step, { ...arrays(inputs), rate }, states, draws);
    expectAgrees(outputs['loss']!, array(loss), 'loss', 1e-9);
    for (const [term, value] of Object.entries<Nested>(terms))
      expectAgrees(outputs[`term.${term}`]!, array(value), term, 1e-9);
    for (const [state, value] of Object.entries<Nested>(after))
      expectAgrees(updates[state]!, array(value), state, 1e-9);
  });
});
