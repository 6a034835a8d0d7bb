/** Pairs, supervised models and gradient checks, which are made from a typed model, in float64. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { energiesWithin, energyArguments } from '../../src/compiler/energy-functions.js';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { ops } from '../../src/compiler/graph/ops/index.js';
import {
  checkGradient,
  compileModel,
  encoderParameters,
  gradientProduct,
  superviseModel,
  type TypedModel,
} from '../../src/compiler/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { numbers, typedModel, type Values } from '../reference/models.js';

const batch = 4;
const sgd = { optimizer: { name: 'sgd', settings: { rate: 0.1, momentum: 0, decay: 0 } } } as const;
const draws = { seed: 1, step: 0 };

/** Numbers for every state: those of `init`. */
function statesOf(model: TypedModel): Values {
  return evaluateGraph(compileModel(model, sgd).init, {}, {}, draws).updates;
}

function pairEnergies(model: TypedModel, inputs: Values): number[] | undefined {
  const graph = compileModel(model, sgd).pairEnergies;
  return graph && Array.from(evaluateGraph(graph, inputs, statesOf(model), draws).outputs['energies']!.data);
}

const x = numbers([batch, 2], 1);

describe('energies of pairs', () => {
  test('what the terms pair, and the first with the others of the next example', () => {
    const text = `model M {
      data x: [2]
      param w: [2] = ones([2])
      let far = 2 * x
      energy E(u, v) = sum((w * u - w * v) ^ 2)
      minimize { pull: E(x, far) + batch.mean(E(x, batch(far))) }
      representation w * x
    }`;
    const at = (i: number, k: number) => x.data[(i % batch) * 2 + k]!;
    const energy = (i: number, j: number) => [0, 1].reduce((sum, k) => sum + (at(i, k) - 2 * at(j, k)) ** 2, 0);
    const expected = [0, 1, 2, 3].flatMap((i) => [energy(i, i), energy(i, i + 1)]);
    pairEnergies(typedModel(text.replace(' + batch.mean(E(x, batch(far)))', ''), batch), { x })!.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 12);
    });
  });

  test('an energy that no term uses gets the first two views', () => {
    const text = `fn shifted(x: [n]) -> [n] = x + 0.1 * normal([n])
    model M {
      data x: [2]
      view a, b of x = shifted
      param w: [2] = ones([2])
      energy E(u, v) = sum((w * u - w * v) ^ 2)
      minimize { pull: sum((w * a - b) ^ 2) }
      representation w * x
    }`;
    const energies = pairEnergies(typedModel(text, batch), { x })!;
    const even = energies.filter((_, i) => i % 2 === 0);
    expect(Math.max(...even)).toBeLessThan(0.5);
    expect(Math.max(...energies)).toBeGreaterThan(1);
  });

  test.each([
    ['of two encoders', 'encoder g = linear(3) energy E(u, v) = sum((f(u) - 2 * g(v)) ^ 2)', 6],
    ['of both together', 'energy E(u, v) = sum(f(concat([u, v])) ^ 2)', 3],
  ])('within a batch of another size, %s: each with each', (_, energy, size) => {
    const text = `use std.layers { linear }
      model M { data x: [2] data y: [2] encoder f = linear(3) ${energy} minimize { pull: E(x, y) } representation x }`;
    const model = typedModel(text, batch);
    const [u, v] = [numbers([size, 2], 5), numbers([size, 2], 6)];
    const states = statesOf(model);
    const derived = energiesWithin(model, size)!;
    const { shape, data } = evaluateGraph(compileModel(derived, sgd).represent, { x: u, y: v }, states, draws).outputs[
      'representation'
    ]!;
    expect(shape).toEqual([size, size]);
    // Each pair by itself: example i of a batch that has its first argument and the others of j.
    const row = (of: NdArray, i: number) => [of.data[2 * i]!, of.data[2 * i + 1]!];
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        const alone = (of: NdArray, k: number): NdArray => ({
          shape: [batch, 2],
          data: Float64Array.from(Array.from({ length: batch }, () => row(of, k)).flat()),
        });
        const graph = compileModel(model, sgd).pairEnergies!;
        const [own] = evaluateGraph(graph, { x: alone(u, i), y: alone(v, j) }, states, draws).outputs['energies']!.data;
        expect(data[i * size + j]).toBeCloseTo(own!, 10);
      }
    }
  });

  test('arguments are as they are at the end of training', () => {
    const text = `fn scaled(x: [n], by: scalar) -> [n] = by * x
    model M {
      data x: [2]
      param w: scalar = 1
      energy E(u, v) = (w * sum(u) - sum(v)) ^ 2
      minimize { pull: E(x, scaled(concat([x, x]), by: 2.0 -> 0.5)) }
      representation x
    }`;
    const model = typedModel(text, batch);
    const { model: asked, places } = energyArguments(model, model.energies[0]!);
    const { represent } = compileModel(asked, sgd);
    expect(represent.inputs.map(({ attrs }) => attrs['name'])).toEqual(['x']);
    const { data } = evaluateGraph(represent, { x }, statesOf(model), draws).outputs['representation']!;
    const row = Array.from(x.data.slice(0, 2));
    expect(places.map(({ start }) => start)).toEqual([0, 2]);
    expect(Array.from(data.slice(0, 6))).toEqual([...row, ...[...row, ...row].map((value) => 0.5 * value)]);
  });

  test('within a batch: none of an energy that has no pairs', () => {
    const text =
      'model M { data x: [2] param w: [2] = ones([2]) energy E(u) = sum((w * u) ^ 2) minimize { t: E(x) } representation w * x }';
    expect(energiesWithin(typedModel(text, batch), 3)).toBeUndefined();
  });

  test.each([
    ['of one argument', 'energy E(u) = sum((w * u) ^ 2)', 'E(x)'],
    ['of a constant', 'energy E(u, v) = sum((w * u - v) ^ 2)', 'E(x, ones([2]))'],
  ])('none %s', (_, energy, term) => {
    const text = `model M { data x: [2] param w: [2] = ones([2]) ${energy} minimize { t: ${term} } representation w * x }`;
    expect(typedModel(text, batch).pairs).toBeUndefined();
  });
});

const encoderText = `use std.layers { linear, batch_norm }
  net small(hidden: int, out: int)(x: [d]) -> [out] { x |> linear(hidden) |> batch_norm |> tanh |> linear(out) }`;

const contrastive = `${encoderText}
  use std.regularizers { nt_xent }
  use std.energies { cosine }
  fn shifted(x: [n]) -> [n] = x + 0.1 * normal([n])
  model Contrast {
    data x: [3]
    view a, b of x = shifted
    encoder f = small(hidden: 5, out: 4)
    encoder g = small(hidden: 5, out: 4)
    energy E(u, v) = cosine(g(f(u)), g(f(v)))
    minimize { contrast: nt_xent(E, a, b, 0.5) }
    representation f(x)
  }`;

const distilled = `${encoderText}
  fn shifted(x: [n]) -> [n] = x + 0.1 * normal([n])
  model Distil {
    data x: [3]
    view a, b of x = shifted
    encoder f = small(hidden: 5, out: 4)
    encoder t = ema(f, decay: 0.9)
    encoder q = small(hidden: 5, out: 4)
    energy E(u, v) = sum((q(f(u)) - stop(f(v) + t(v))) ^ 2)
    minimize { pull: E(a, b) }
    representation f(x)
  }`;

describe('supervised models', () => {
  const model = typedModel(contrastive, 12);
  const classes = 3;
  const supervised = superviseModel(model, { name: 'label', classes })!;
  const rows = numbers([12, 3], 4);
  // The class is the largest of the three numbers.
  const largest = Float64Array.from({ length: 12 }, (_, i) => {
    const row = Array.from(rows.data.slice(3 * i, 3 * i + 3));
    return row.indexOf(Math.max(...row));
  });
  const inputs: Values = { x: rows, label: { shape: [12], data: largest } };

  test('share the encoder with its averages, not the projector, and start at ln K', () => {
    const names = supervised.states.map(({ name }) => name);
    expect(names.filter((name) => name.startsWith('g/'))).toEqual([]);
    expect(names).toContain('label_head/weight');
    for (const { name, type } of supervised.states.filter((s) => !s.name.startsWith('label_head/')))
      expect(model.states.find((state) => state.name === name)?.type).toEqual(type);
    expect(names.filter((name) => name.startsWith('f/')).sort()).toEqual(
      model.states
        .map(({ name }) => name)
        .filter((name) => name.startsWith('f/'))
        .sort(),
    );
    const { step } = compileModel(supervised, sgd);
    const start = evaluateGraph(step, { ...inputs, rate: scalar(0.1) }, statesOf(supervised), draws);
    expect(start.outputs['loss']!.data[0]).toBeCloseTo(Math.log(classes), 12);
  });

  test('learn the labels; the largest logit is the class', () => {
    const program = compileModel(supervised, sgd);
    let states = statesOf(supervised);
    for (let step = 0; step < 400; step++)
      states = {
        ...states,
        ...evaluateGraph(program.step, { ...inputs, rate: scalar(0.3) }, states, { seed: 1, step }).updates,
      };
    const { representation } = evaluateGraph(program.represent, inputs, states, draws).outputs;
    const right = Array.from(inputs['label']!.data).filter((label, i) => {
      const row = Array.from(representation!.data.slice(i * classes, (i + 1) * classes));
      return row.indexOf(Math.max(...row)) === label;
    });
    expect(right.length).toBeGreaterThan(9);
  });

  test('have the gradient of their cross-entropy', () => {
    const states = { ...statesOf(supervised), 'label_head/weight': numbers([4, classes], 9) };
    expect(checkGradient(supervised, { inputs, states })).toBeLessThan(1e-6);
  });
});

describe('gradient checks', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each([
    ['contrast with batch statistics', contrastive],
    ['stopped gradients and a moving average', distilled],
  ])('%s', (_, text) => {
    const model = typedModel(text, 6);
    const options = { inputs: { x: numbers([6, 3], 2) }, states: statesOf(model) };
    expect(checkGradient(model, options)).toBeLessThan(1e-6);
  });

  test('a wrong rule is found', () => {
    const rule = ops.tanh.gradient!;
    const wrong: typeof rule = (b, node, cotangent, attrs) =>
      rule(b, node, cotangent, attrs).map((g) => g && b.scale(g, 1.1));
    vi.spyOn(ops.tanh, 'gradient').mockImplementation(wrong);
    const model = typedModel(contrastive, 6);
    const options = { inputs: { x: numbers([6, 3], 2) }, states: statesOf(model) };
    expect(checkGradient(model, options)).toBeGreaterThan(1e-3);
  });
});

function scalar(value: number): NdArray {
  return { shape: [], data: Float64Array.of(value) };
}

describe('gradients of terms', () => {
  const text = `use std.layers { linear, batch_norm }
    use std.regularizers { variance }
    fn shifted(x: [n]) -> [n] = x + 0.1 * normal([n])
    model Two {
      data x: [2]
      view a, b of x = shifted
      encoder f = encode()
      encoder g = linear(3)
      energy E(u, v) = sum((g(f(u)) - g(f(v))) ^ 2)
      minimize { near: E(a, b), apart: variance(f(a)), size: sum(g(stop(f(a))) ^ 2) }
      representation f(x)
    }
    net encode()(x: [d]) -> [4] { x |> linear(4) |> batch_norm |> tanh }`;

  test('inner products with respect to the encoder, as finite differences have them', () => {
    const model = typedModel(text, batch);
    const graph = compileModel(model, { ...sgd, comparesTerms: true }).step;
    const states = statesOf(model);
    const run = (changed: Values) =>
      evaluateGraph(graph, { x, rate: { shape: [], data: new Float64Array(1) } }, { ...states, ...changed }, draws)
        .outputs;
    const term = (name: string, changed: Values): number => run(changed)[`term.${name}`]!.data[0]!;
    const names = ['near', 'apart'];
    const encoder = encoderParameters(model).map(({ name }) => name);
    expect(encoder.every((name) => name.startsWith('f/'))).toBe(true);
    const slopes = names.map((name) =>
      encoder.flatMap((parameter) => {
        const value = states[parameter]!;
        return Array.from(value.data, (_, i) => {
          const moved = (by: number) => ({
            [parameter]: { ...value, data: Float64Array.from(value.data, (v, k) => (k === i ? v + by : v)) },
          });
          return (term(name, moved(1e-5)) - term(name, moved(-1e-5))) / 2e-5;
        });
      }),
    );
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, k) => sum + value * b[k]!, 0);
    const found = run({});
    for (const [i, a] of slopes.entries())
      for (const [j, b] of slopes.entries()) expect(found[gradientProduct(i, j)]!.data[0]).toBeCloseTo(dot(a, b), 6);
    expect(dot(slopes[0]!, slopes[1]!)).toBeLessThan(-1e-3);
    // A term that the encoder is kept out of.
    expect(found[gradientProduct(2, 2)]!.data[0]).toBe(0);
  });

  test('a step that is not asked for them has none', () => {
    expect(Object.keys(compileModel(typedModel(text, batch), sgd).step.outputs).join()).not.toContain('gradient');
  });
});
