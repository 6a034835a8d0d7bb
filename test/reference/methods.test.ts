/** Losses of published methods, written in the language, against lightly's, open_clip's and PyTorch's: values and gradients, in float64. */
import { describe, expect, test } from 'vitest';
import { array, type Nested } from '../std/run.js';
import { evaluate, expectAgrees, fixture, lossGraph, typedModel } from './models.js';

interface Expected {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Nested>>;
}

interface Case {
  /** Members of the model beside data and energies. */
  readonly members?: string;
  readonly term: string;
  /** States that are read: a name of the fixture, or how much of it. */
  readonly states?: Readonly<Record<string, Nested>>;
  /** Parameters by the fixture's name. */
  readonly tolerance?: number;
}

const points = fixture('methods');

const cases: Readonly<Record<string, Case>> = {
  'open_clip, ClipLoss': {
    members: 'param scale: scalar = log(1 / 0.07)',
    term: 'symmetric_info_nce(Cosine, z_a, z_b, temperature: exp(-scale))',
    states: { scale: Math.log(1 / 0.07) },
  },
  'open_clip, SigLipLoss': {
    members: 'param scale: scalar = log(10)\n  param bias: scalar = -10',
    term: 'pairwise_sigmoid(Cosine, z_a, z_b, exp(scale), bias)',
    states: { scale: Math.log(10), bias: -10 },
  },
  MoCo: {
    members: 'state queue: [12, 6] = unit(normal([12, 6]))',
    term: 'contrast(Cosine, z_a, stop(z_b), queue, temperature: 0.2)',
    states: { queue: points.queue },
  },
  'lightly, DCLLoss': { term: 'decoupled(Cosine, z_a, z_b)' },
  'lightly, BarlowTwinsLoss': { term: 'cross_correlation(z_a, z_b)' },
  'lightly, NegativeCosineSimilarity both ways': {
    term: '(cosine(z_a, stop(z_b)) + cosine(z_b, stop(z_a))) / 2',
    tolerance: 1e-8,
  },
  // The distance adds eps to each difference, not to the distance.
  'lightly, KoLeoLoss': { term: 'koleo(z_a)', tolerance: 1e-6 },
  'lightly, TiCoLoss': { term: 'transformation_covariance(z_a, z_b, zeros([6, 6]))', tolerance: 1e-9 },
  'lightly, MMCRLoss': {
    term: '-nuclear_norm(batch((unit(z_a) + unit(z_b)) / 2), eps: 1e-12) + 5e-3 * nuclear_norm(stack(unit(z_a), unit(z_b)), eps: 1e-12)',
    tolerance: 1e-6,
  },
  'lightly, DINOLoss': {
    members: 'state centre: [12] = zeros([12])',
    term: 'mean for t in [p_a, p_b], s in [p_a, p_b, p_c] where s != t: distillation(t, s, centre)',
    states: { centre: points.centre },
  },
  'lightly, SwaVLoss': {
    term: 'mean for t in [p_a, p_b], s in [p_a, p_b, p_c] where s != t: cross_entropy(sinkhorn(t), s / 0.1)',
  },
  // Its code names the square of the distance `eps`.
  'EMP-SSL, total coding rate': { term: 'coding_rate(unit(z_a), eps: 0.5)' },
  'LeJEPA, SIGReg': {
    members: 'state directions: [6, 5] = normal([6, 5])',
    term: 'gaussianity(z_a, directions)',
    states: { directions: points.directions },
  },
  'VQ-VAE': {
    members: 'param codes: [12, 6] = normal([12, 6])',
    term: 'codebook(z_a, codes) + sum(quantized(z_a, codes))',
    states: { codes: points.codes },
  },
  'VAE, KL': { term: 'kl_to_standard(z_a, z_b)' },
  'slope in the loss': {
    members: 'state codes: [12, 6] = normal([12, 6])',
    term: '0.5 * sum(square(grad(Bumps(z_a, codes), z_a)))',
    states: { codes: points.codes },
  },
  'descent in the loss': {
    members: 'state codes: [12, 6] = normal([12, 6])',
    term: 'min z from zeros([6]) by gradient(steps: 4, rate: 0.1) { squared(tanh(matmul(codes[0:6], z)), z_a) }',
    states: { codes: points.codes },
  },
  'free energy': {
    members: 'param codes: [12, 6] = normal([12, 6])',
    term: 'softmin k in codes at 2 { squared(z_a, k) }',
    states: { codes: points.codes },
  },
};

function text({ members = '', term }: Case): string {
  return `use std.energies { cosine, squared, unit, distillation, cross_entropy }
use std.clustering { sinkhorn }
use std.latents { kl_to_standard, quantized, codebook }
use std.matrices { nuclear_norm }
use std.regularizers { symmetric_info_nce, pairwise_sigmoid, contrast, decoupled, cross_correlation, koleo, gaussianity, transformation_covariance, coding_rate }
model Points {
  data z_a: [6]
  data z_b: [6]
  data p_a: [12]
  data p_b: [12]
  data p_c: [12]
  ${members}
  energy Cosine(x, y) = cosine(x, y)
  energy Bumps(x, c) = sum(square(tanh(matmul(c, x))))
  minimize { loss: ${term} }
  representation z_a
}
`;
}

describe('losses of published methods', () => {
  test.each(Object.entries(cases))('%s', (name, c) => {
    const expected: Expected = points[name];
    const model = typedModel(text(c), 8);
    const graph = lossGraph(model, { wrt: Object.keys(expected.gradients) });
    const inputs = Object.fromEntries(
      graph.inputs.map(({ attrs }) => [String(attrs['name']), array(points[String(attrs['name'])])]),
    );
    const states = Object.fromEntries(Object.entries(c.states ?? {}).map(([state, value]) => [state, array(value)]));
    const outputs = evaluate(graph, inputs, states);
    expectAgrees(outputs['loss']!, array(expected.loss), 'loss', c.tolerance);
    for (const [of, value] of Object.entries(expected.gradients))
      expectAgrees(outputs[`gradient.${of}`]!, array(value), `gradient of ${of}`, c.tolerance);
  });

  test('every case of the fixture is compared', () => {
    const losses = Object.keys(points).filter((name) => points[name].loss !== undefined);
    expect(Object.keys(cases).sort()).toEqual(losses.sort());
  });
});
