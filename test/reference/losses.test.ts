/** NT-Xent, InfoNCE and VICReg against lightly's, values and gradients; in float64, and compiled on each backend. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Graph, Program } from '../../src/compiler/graph/types.js';
import { emitTfjs } from '../../src/compiler/targets/tfjs/emit.js';
import { type Generated, importGenerated, type Tensors } from '../../src/runtime/backends/import-generated.js';
import { array, type Nested } from '../std/run.js';
import { backends, useBackend } from '../targets/backends.js';
import { evaluate, expectAgrees, fixture, lossGraph, typedModel } from './models.js';

interface Expected {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Nested>>;
}

interface Case {
  readonly name: string;
  readonly expected: Expected;
  readonly points: 'nt_xent' | 'vicreg';
  readonly terms: string;
}

const points = { nt_xent: fixture('nt_xent'), vicreg: fixture('vicreg') };
const { lightly, terms, without_half } = points.vicreg;

const contrastive = (['nt_xent', 'info_nce'] as const).flatMap((name) =>
  points.nt_xent[name].map(
    (expected: Expected & { temperature: number }): Case => ({
      name: `${name} at ${expected.temperature}`,
      expected,
      points: 'nt_xent',
      terms: `loss: ${name}(Cosine, z_a, z_b, temperature: ${expected.temperature})`,
    }),
  ),
);

const vicreg = (name: string, expected: Expected, text: string): Case => ({
  name: `VICReg, ${name}`,
  expected,
  points: 'vicreg',
  terms: text,
});

const ofBothViews = (name: string): string => `${name}(z_a) + ${name}(z_b)`;

const cases: readonly Case[] = [
  ...contrastive,
  vicreg('invariance', lightly.invariance, 'invariance: Distance(z_a, z_b)'),
  vicreg('variance', lightly.variance, `variance: (${ofBothViews('variance')}) / 2`),
  vicreg('covariance', lightly.covariance, `covariance: ${ofBothViews('covariance')}`),
  ...(['z_a', 'z_b'] as const).flatMap((z) => [
    vicreg(`variance of ${z}`, terms.unbiased[z].variance, `variance: variance(${z})`),
    vicreg(`covariance of ${z}`, terms.unbiased[z].covariance, `covariance: covariance(${z})`),
  ]),
  vicreg(
    'as lightly has it',
    lightly.loss,
    `invariance: 25 * Distance(z_a, z_b)
     variance: 25 * (${ofBothViews('variance')}) / 2
     covariance: ${ofBothViews('covariance')}`,
  ),
  vicreg(
    "as the paper's equation 6",
    without_half.unbiased,
    `invariance: 25 * Distance(z_a, z_b)
     variance: 25 * (${ofBothViews('variance')})
     covariance: ${ofBothViews('covariance')}`,
  ),
];

function text(terms: string): string {
  return `use std.energies { cosine, mean_square }
use std.regularizers { nt_xent, info_nce, variance, covariance }
model Points {
  data z_a: [16]
  data z_b: [16]
  energy Cosine(x, y) = cosine(x, y)
  energy Distance(x, y) = mean_square(x, y)
  minimize {
     ${terms}
  }
  representation z_a
}
`;
}

const graphs = cases.map(({ terms, expected }) => {
  const model = typedModel(text(terms), 8);
  const wrt = Object.keys(expected.gradients);
  return { plain: lossGraph(model, { wrt }), optimized: lossGraph(model, { wrt, optimized: true }) };
});

/** The points of both views, without those that a case has no use for. */
function inputsOf(graph: Graph, { points: from }: Case) {
  const names = graph.inputs.map((node) => String(node.attrs['name']));
  return Object.fromEntries(names.map((name) => [name, array(points[from][name])]));
}

function wanted({ expected }: Case) {
  const found = Object.entries(expected.gradients).map(([name, value]) => [`gradient.${name}`, array(value)] as const);
  return [['loss', array(expected.loss)] as const, ...found];
}

describe.each(['plain', 'optimized'] as const)('in float64, %s', (how) => {
  test.each(cases.map((c, k) => [c.name, k] as const))('%s', (_, k) => {
    const graph = graphs[k]![how];
    const outputs = evaluate(graph, inputsOf(graph, cases[k]!));
    for (const [name, value] of wanted(cases[k]!)) expectAgrees(outputs[name]!, value, name);
  });
});

/** One function for each output of each case, the only place where a program holds more than scalars and one representation. */
function program(): Program {
  const nothing = { inputs: [], outputs: {}, updates: {} };
  const energies = graphs.flatMap(({ optimized }, k) =>
    Object.keys(optimized.outputs)
      .filter((name) => !name.startsWith('term.'))
      .map((name) => [key(k, name), { ...optimized, outputs: { value: optimized.outputs[name]! } }] as const),
  );
  const first = energies[0]![1];
  return {
    model: 'Points',
    batch: 8,
    states: [],
    init: { name: 'init', ...nothing },
    step: { name: 'step', ...nothing },
    represent: { ...first, name: 'represent', outputs: { representation: first.outputs['value']! } },
    energies: Object.fromEntries(energies),
  };
}

function key(k: number, name: string): string {
  return `case_${k}_${name.replace('.', '_')}`;
}

describe.each(backends)('compiled, on %s', (backend) => {
  const { files, manifest } = emitTfjs(program());
  let model: Generated & Readonly<Record<string, unknown>>;

  beforeAll(async () => {
    await useBackend(backend);
    model = (await importGenerated(files, mkdtempSync(join(tmpdir(), 'ebmc-')))) as typeof model;
    model.init(1);
  });

  test.each(cases.map((c, k) => [c.name, k] as const))('%s', (_, k) => {
    const { optimized } = graphs[k]!;
    const given = Object.entries(inputsOf(optimized, cases[k]!));
    const tensors = Object.fromEntries(
      given.map(([name, { shape, data }]) => [name, tf.tensor([...data], [...shape], 'float32')]),
    );
    for (const [name, value] of wanted(cases[k]!)) {
      const method = manifest.energies[key(k, name)] as string;
      const result = (model[method] as (batch: Tensors) => tf.Tensor).call(model, tensors);
      expectAgrees({ shape: result.shape, data: result.dataSync() }, value, name, 1e-5);
      result.dispose();
    }
    tf.dispose(Object.values(tensors));
    expect(tf.memory().numTensors).toBe(0);
  });
});
