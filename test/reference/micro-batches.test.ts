/** A step in micro-batches against the whole step, in float64: the same loss, the same new states. */
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import type { MicroStep, Program } from '../../src/compiler/graph/types.js';
import { checkFile, compileModel, optimizeProgram, type TargetName } from '../../src/compiler/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { FileLibrary } from '../../src/runtime/library.js';

type Values = Readonly<Record<string, NdArray>>;

const batch = 8;
const draws = { seed: 5, step: 2 };
const sgd = { optimizer: { name: 'sgd', settings: { rate: 0.1, momentum: 0.9, decay: 0.01 } } } as const;
const rate: NdArray = { shape: [], data: Float64Array.of(0.1) };

const nets = `
use std.layers { linear, conv, batch_norm, layer_norm, pool, block, dropout, drop_path }
use std.heads { mlp }
use std.energies { cosine, mean_square, standardize }
use std.regularizers { nt_xent, info_nce, variance, covariance }
use std.vision { patches, random_mask, flip }
use std.networks { vit, vit_decoder }
net convolutional()(x: [h, w, c]) { x |> conv(3) |> batch_norm |> relu |> conv(4, stride: 2) |> batch_norm |> relu |> pool }
net plain()(x: [h, w, c]) { x |> conv(3) |> relu |> pool |> layer_norm }
`;

/** Programs and how many levels of computing with parameters they have where statistics are of the whole batch. */
const programs: Readonly<Record<string, { readonly levels: number; readonly text: string }>> = {
  'a contrast of all pairs': {
    levels: 1,
    text: `model M {
      data x: Image[8, 8, 1]
      view a, b of x = flip
      encoder f = plain()
      energy E(x, y) = cosine(f(x), f(y))
      minimize { contrast: nt_xent(E, a, b, 0.5) }
      representation f(x)
    }`,
  },
  'a contrast of all pairs behind batch normalisation': {
    levels: 4,
    text: `model M {
      data x: Image[8, 8, 1]
      view a, b of x = flip
      encoder f = convolutional()
      encoder g = mlp(hidden: 6, out: 5)
      energy E(x, y) = cosine(g(f(x)), g(f(y)))
      minimize { contrast: info_nce(E, a, b, 0.3) }
      representation f(x)
    }`,
  },
  'statistics of the batch': {
    levels: 1,
    text: `model M {
      data x: Image[8, 8, 1]
      view a, b of x = flip
      encoder f = plain()
      energy E(x, y) = mean_square(f(x), f(y))
      minimize {
        invariance: 25 * E(a, b)
        variance: 25 * (variance(f(a)) + variance(f(b)))
        covariance: covariance(f(a)) + covariance(f(b))
      }
      representation f(x)
    }`,
  },
  'terms of single examples, with masks': {
    levels: 1,
    text: `model M {
      data x: Image[8, 8, 1]
      let p = patches(x, 4)
      mask m over p = random_mask(ratio: 50%)
      encoder f = vit(grid: 2, dim: 8, depth: 1, heads: 2)
      encoder g = vit_decoder(grid: 2, out: 16, dim: 4, depth: 1, heads: 1)
      energy E(context, target) =
        mean_square(g(f(context, at: m.visible), from: m.visible, at: m.hidden), standardize(target))
      minimize { reconstruction: E(p[m.visible], p[m.hidden]) }
      representation pool(f(p))
    }`,
  },
  'draws inside an encoder': {
    levels: 1,
    text: `
    net noisy()(x: [h, w, c]) { x |> conv(3) |> relu |> pool |> dropout(0.3) |> linear(4) |> drop_path(0.2) }
    model M {
      data x: Image[8, 8, 1]
      view a, b of x = x
      encoder f = noisy()
      energy E(x, y) = cosine(f(x), f(y))
      minimize { contrast: info_nce(E, a, b, 0.3) }
      representation f(x)
    }`,
  },
  'a statistic of the batch inside an encoder': {
    levels: 2,
    text: `
    net centred()(x: [d]) -> [4] { (x - batch.mean(x)) |> linear(4) }
    model M {
      data x: Image[8, 8, 1]
      view a, b of x = flip
      encoder f = plain()
      encoder g = centred()
      energy E(x, y) = cosine(g(f(x)), g(f(y)))
      minimize { contrast: info_nce(E, a, b, 0.3) }
      representation f(x)
    }`,
  },
};

function compiled(text: string, target: TargetName, microBatch: number, statistics: 'whole' | 'micro'): Program {
  const source = { path: 'model.ebm', text: `${nets}\n${text}` };
  const checked = checkFile(source, new FileLibrary('model.ebm'), { train: { batch }, allow: [] });
  const [typed] = checked.models;
  if (!typed) throw new Error(checked.diagnostics.map(({ message }) => message).join('\n'));
  expect(typed.batch).toBe(batch);
  return optimizeProgram(compileModel(typed, { ...sgd, microBatch, statistics }, target), target);
}

const pictures: NdArray = {
  shape: [batch, 8, 8, 1],
  data: Float64Array.from({ length: batch * 64 }, (_, i) => 0.5 + 0.5 * Math.sin(i * 0.73 + (i % 64) * (i % 7) * 0.11)),
};

function rowsOf({ shape, data }: NdArray, micro: number, size: number): NdArray {
  const run = data.length / shape[0]!;
  return { shape: [size, ...shape.slice(1)], data: data.slice(micro * size * run, (micro + 1) * size * run) };
}

/** All passes, one after another; outputs and states at the end. */
function runMicro(step: MicroStep, states: Values): { outputs: Values; states: Values } {
  let outputs: Values = {};
  let now: Values = states;
  for (const { graph, each } of step.passes) {
    for (let micro = 0; micro < (each ? step.count : 1); micro++) {
      const inputs: Record<string, NdArray> = { rate, micro: { shape: [], data: Float64Array.of(micro) } };
      if (each) inputs['x'] = rowsOf(pictures, micro, step.size);
      // What is read but not there yet is what rows are written into: any numbers will do.
      const missing = step.scratch.filter(({ name }) => now[name] === undefined);
      for (const { name, type } of missing) {
        const shape = type.shape.map(Number);
        now = { ...now, [name]: { shape, data: new Float64Array(shape.reduce((n, d) => n * d, 1)).fill(77) } };
      }
      const result = evaluateGraph(graph, inputs, now, draws);
      outputs = { ...outputs, ...result.outputs };
      now = { ...now, ...result.updates };
    }
  }
  return { outputs, states: now };
}

function expectSame(actual: NdArray, expected: NdArray, name: string): void {
  expect(actual.shape, name).toEqual(expected.shape);
  const scale = Math.max(1e-3, ...expected.data.map(Math.abs));
  expected.data.forEach((value, i) => {
    expect(Math.abs(actual.data[i]! - value), `${name}[${i}]: ${actual.data[i]} for ${value}`).toBeLessThan(
      1e-9 * scale,
    );
  });
}

describe.each(Object.entries(programs))('%s', (_, { text, levels }) => {
  test.each([
    [1, 'tfjs'],
    [2, 'tfjs'],
    [4, 'tensorflow'],
    [8, 'tfjs'],
  ] as const)('in micro-batches of %i, for %s', (size, target) => {
    const program = compiled(text, target, size, 'whole');
    const micro = program.micro!;
    expect(micro.count).toBe(batch / size);
    expect(micro.passes.filter(({ graph }) => graph.name.startsWith('forward'))).toHaveLength(levels);
    const states = evaluateGraph(program.init, {}, {}, draws).updates;
    const whole = evaluateGraph(program.step, { x: pictures, rate }, states, draws);
    const { outputs, states: after } = runMicro(micro, states);
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(whole.outputs).sort());
    for (const [name, value] of Object.entries(whole.outputs)) expectSame(outputs[name]!, value, name);
    for (const [name, value] of Object.entries(whole.updates)) expectSame(after[name]!, value, name);
  });
});

test('with statistics of each micro-batch, the step is that of a model whose normalisation takes them so', () => {
  const { text } = programs['a contrast of all pairs behind batch normalisation']!;
  const program = compiled(text, 'tensorflow', 4, 'micro');
  const micro = program.micro!;
  expect(micro.passes.filter(({ graph }) => graph.name.startsWith('forward'))).toHaveLength(1);
  const states = evaluateGraph(program.init, {}, {}, draws).updates;
  const whole = evaluateGraph(program.step, { x: pictures, rate }, states, draws);
  const { outputs, states: after } = runMicro(micro, states);
  // Not that of the whole batch …
  expect(Math.abs(outputs['loss']!.data[0]! - whole.outputs['loss']!.data[0]!)).toBeGreaterThan(1e-4);
  // … but its moving average of means is the same, since all micro-batches are equally large.
  const name = 'f/batch_norm_1/average';
  expectSame(after[name]!, whole.updates[name]!, name);
  // The gradient of its loss, by differences in one weight and without the optimizer's decay.
  const weight = 'g/linear_2/weight';
  const lossAt = (shift: number): number => {
    const moved = { ...states[weight]!, data: states[weight]!.data.slice() };
    moved.data[3]! += shift;
    return runMicro(micro, { ...states, [weight]: moved }).outputs['loss']!.data[0]!;
  };
  const slope = (lossAt(1e-5) - lossAt(-1e-5)) / 2e-5;
  expect(Math.abs(after[`gradient/${weight}`]!.data[3]! - slope)).toBeLessThan(1e-7 * Math.max(1, Math.abs(slope)));
});
