/** Encoders run once an example and once for all views of one shape; that changes no value. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { rootsOf, topological } from '../../src/compiler/graph/schedule.js';
import type { Graph, Node } from '../../src/compiler/graph/types.js';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { library } from '../std/run.js';
import { evaluate, expectAgrees, lossGraph, numbers, typedModel, type Values } from './models.js';

const sizeOf = (node: Node): number => node.type.shape.reduce<number>((product, d) => product * Number(d), 1);

/** The operations that read a weight: those of an encoder's forward pass, and of the gradients by what came into it. */
function readers(graph: Graph, state: string, op: Node['op']): Node[] {
  const from = (node: Node): boolean =>
    (node.op === 'state' && node.attrs['name'] === state) ||
    (['reshape', 'transpose', 'broadcast_to'].includes(node.op) && node.args.some(from));
  return topological(rootsOf(graph)).filter((node) => node.op === op && node.args.some(from));
}

function example(name: string) {
  const path = `examples/${name}.ebm`;
  // A prime number of examples: no other dimension is like it.
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8').replace('batch: 128', 'batch: 41');
  const checked = checkFile({ path, text }, library);
  expect(checked.diagnostics).toEqual([]);
  const program = compileModel(checked.models[0]!, checked.trains[0]!);
  return { lowered: program.step, optimized: optimizeProgram(program).step, batch: program.batch };
}

describe.each(['lowered', 'optimized'] as const)('the examples, %s', (how) => {
  describe.each(['simclr', 'vicreg'])('%s', (name) => {
    const compiled = example(name);
    const graph = compiled[how];
    const { batch } = compiled;

    test('each convolution runs once, over both views', () => {
      const convolutions = topological(rootsOf(graph)).filter((node) => node.op === 'conv2d');
      expect(convolutions).toHaveLength(4);
      expect(convolutions.map((node) => node.type.shape[0])).toEqual([1, 2, 3, 4].map(() => 2 * batch));
      for (const k of [1, 2, 3, 4]) expect(readers(graph, `f/conv_${k}/weight`, 'conv2d')).toHaveLength(1);
    });

    test('the first product of the head runs once forward and once backward, over both views', () => {
      const head = name === 'simclr' ? 'g' : 'h';
      const products = readers(graph, `${head}/linear_1/weight`, 'contract');
      expect(products).toHaveLength(2);
      const rows = products.map((node) => sizeOf(node) / Number(node.type.shape.at(-1)));
      expect(rows).toEqual([2 * batch, 2 * batch]);
    });
  });

  test('mae: the first products run once; there is one view of each', () => {
    const { [how]: graph, batch } = example('mae');
    // Nothing that needs a gradient comes into the encoder: its first product is not differentiated by its argument.
    const encoder = readers(graph, 'f/linear_1/weight', 'contract');
    expect(encoder.map(sizeOf)).toEqual([batch * 12 * 96]);
    const decoder = readers(graph, 'g/linear_1/weight', 'contract');
    expect(decoder.map(sizeOf).sort((a, b) => a - b)).toEqual([batch * 12 * 48, batch * 12 * 96]);
  });

  test.each(['simclr', 'vicreg', 'mae'])('%s: pairs of examples hold no pictures, patches or features', (name) => {
    const { [how]: graph, batch } = example(name);
    const isBatch = (d: unknown): boolean => d === batch || d === batch - 1 || d === 2 * batch;
    const ofPairs = topological(rootsOf(graph)).filter((node) => node.type.shape.filter(isBatch).length > 1);
    // SimCLR's energies themselves: [view, example, example].
    expect(Math.max(0, ...ofPairs.map(sizeOf))).toBeLessThanOrEqual(name === 'simclr' ? 4 * batch * batch : 0);
    const pictures = ofPairs.filter((node) => node.type.shape.length > 3);
    expect(pictures.map((node) => `${node.op} ${node.scope} ${node.type.shape}`)).toEqual([]);
  });
});

const net = `use std.layers { conv, batch_norm, linear, pool }
use std.energies { cosine, mean_square }
use std.regularizers { nt_xent, variance, covariance }
net encoder()(x: [h, w, c]) {
  x |> conv(3, stride: 2) |> batch_norm |> relu |> pool |> linear(5)
}
net head()(x: [d]) -> [4] {
  x |> linear(6) |> batch_norm |> relu |> linear(4)
}
`;

const members = `  data a: [4, 4, 2]
  data b: [4, 4, 2]
  encoder f = encoder()
  encoder g = head()
`;

const objectives = {
  simclr: `  energy E(x, y) = cosine(g(f(x)), g(f(y)))
  minimize { contrast: nt_xent(E, a, b, temperature: 0.5) }`,
  vicreg: `  energy E(x, y) = mean_square(g(f(x)), g(f(y)))
  minimize {
    invariance: 25 * E(a, b)
    variance: 25 * (variance(g(f(a))) + variance(g(f(b)))) / 2
    covariance: covariance(g(f(a))) + covariance(g(f(b)))
  }`,
  predictor: `  energy E(x, y) = -cosine(f(x), stop(f(y)))
  minimize { left: -E(a, b), right: -E(b, a), spread: variance(f(a)) }`,
};

const batch = 5;

function model(objective: string, used = members) {
  const typed = typedModel(`${net}model Tiny {\n${used}${objective}\n  representation f(a)\n}\n`, batch);
  const states: Record<string, NdArray> = {};
  for (const [k, { name, type }] of typed.states.entries()) states[name] = numbers(type.shape.map(Number), k + 3);
  return { typed, states };
}

const inputs: Values = { a: numbers([batch, 4, 4, 2], 1), b: numbers([batch, 4, 4, 2], 2) };

function expectSame(actual: Values, expected: Values): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) expectNear(actual[name]!, value, name);
}

/** A bias in front of a batch norm has a gradient of 0, known up to rounding alone. */
function expectNear(actual: NdArray, expected: NdArray, name: string): void {
  if (expected.data.some((x) => Math.abs(x) > 1e-10)) expectAgrees(actual, expected, name);
  else expect(Math.max(...actual.data.map(Math.abs)), name).toBeLessThan(1e-10);
}

describe('views as one call', () => {
  test.each(Object.entries(objectives))(
    '%s: the loss and every gradient are as those one by one',
    (name, objective) => {
      const used = name === 'predictor' ? members.replace('  encoder g = head()\n', '') : members;
      const { typed, states } = model(objective, used);
      const merged = lossGraph(typed, { merged: true });
      const apart = lossGraph(typed, { merged: false });
      const convolutions = (graph: Graph): number =>
        topological([graph.outputs['loss']!]).filter((n) => n.op === 'conv2d').length;
      expect([convolutions(merged), convolutions(apart)]).toEqual([1, 2]);
      const outputs = Object.entries(evaluate(apart, inputs, states)).filter(([key]) => !key.startsWith('call.'));
      expectSame(evaluate(merged, inputs, states), Object.fromEntries(outputs));
      expectSame(evaluate(lossGraph(typed, { optimized: true }), inputs, states), Object.fromEntries(outputs));
    },
  );
});

test('an energy of one argument that reads the other view itself is the energy of both', () => {
  const [read, given] = [
    ['E(y: [h, w, c]) = cosine(g(f(a)), g(f(y)))', 'E(batch(b))'],
    ['E(x, y) = cosine(g(f(x)), g(f(y)))', 'E(a, batch(b))'],
  ].map(([energy, value]) => {
    const { typed, states } = model(`  energy ${energy}\n  minimize { loss: logsumexp(-${value}) }`);
    return evaluate(lossGraph(typed), inputs, states);
  });
  expectSame(read!, given!);
});

describe('an encoder on the whole batch is the batch of its outputs', () => {
  const pairs = (right: string): string => `  energy E(x, y) = cosine(f(x), f(y))
  minimize { loss: logsumexp(-${right}) }`;
  const without = members.replace('  encoder g = head()\n', '');
  const lowered = (right: string) => {
    const { typed, states } = model(pairs(right), without);
    return { graph: lossGraph(typed), states };
  };
  const byEnergy = lowered('E(a, batch(b))');

  test.each(['cosine(f(a), batch(f(b)))', 'cosine(f(a), f(batch(b)))'])('E(a, batch(b)) is %s', (right) => {
    const { graph, states } = lowered(right);
    expectSame(evaluate(byEnergy.graph, inputs, byEnergy.states), evaluate(graph, inputs, states));
  });

  test('no convolution runs on pairs', () => {
    const convolutions = topological(rootsOf(byEnergy.graph)).filter((n) => n.op.startsWith('conv2d'));
    expect(convolutions.filter((n) => n.op === 'conv2d').map((n) => n.type.shape)).toEqual([[2 * batch, 2, 2, 3]]);
    const pictures = topological(rootsOf(byEnergy.graph)).filter(
      ({ type: { shape } }) => shape.length > 4 && shape.filter((d) => d === batch).length > 1,
    );
    expect(pictures).toEqual([]);
  });

  test('an argument that differs by example and has no type is met with all others, as one with a type', () => {
    const outputs = ['m', 'm: [d]'].map((parameter) => {
      const typed = typedModel(
        `fn product(x: [d], ${parameter}) -> [] = sum(x * m)
model M {
  data a: [3]
  data b: [3]
  minimize { loss: logsumexp(product(batch(b), a)) }
  representation a
}
`,
        4,
      );
      return evaluate(lossGraph(typed), { a: numbers([4, 3], 1), b: numbers([4, 3], 2) });
    });
    expectSame(outputs[0]!, outputs[1]!);
  });

  const onPairs = (loss: string): string => `fn product(x: [d], m: [d]) -> [] = sum(x * m)
fn doubled(x: []) -> [] = 2 * x
model M {
  data a: [3]
  data b: [3]
  minimize { loss: ${loss} }
  representation a
}
`;

  test('a function of a value of the others is applied to each of them', () => {
    const [applied, plain] = ['doubled(product(a, others(b)))', '2 * product(a, others(b))'].map((value) =>
      evaluate(lossGraph(typedModel(onPairs(`logsumexp(${value})`), 4)), {
        a: numbers([4, 3], 1),
        b: numbers([4, 3], 2),
      }),
    );
    expectSame(applied!, plain!);
  });

  test('the others and all examples are not mapped side by side', () => {
    const source = { path: 'pairs.ebm', text: onPairs('sum(product(others(a), batch(b)))') };
    expect(checkFile(source, library).diagnostics.map((d) => d.code)).toContain('EBM2010');
  });

  test('a setting that differs by example is met with all others', () => {
    const outputs = [
      ['scaled(sum(a))', 'sum(f(batch(b)), axis: -1)'],
      ['scaled(1)', 'sum(a) * sum(f(batch(b)), axis: -1)'],
    ].map(([net, value]) => {
      const typed = typedModel(
        `net scaled(s)(x: [d]) -> [d] {
  param weight: [d] = ones([d])
  x * weight * s
}
model M {
  data a: [3]
  data b: [3]
  encoder f = ${net}
  minimize { loss: logsumexp(${value}) }
  representation a
}
`,
        4,
      );
      const given = { a: numbers([4, 3], 1), b: numbers([4, 3], 2) };
      return evaluate(lossGraph(typed), given, { 'f/weight': numbers([3], 3) })['loss']!;
    });
    expectAgrees(outputs[0]!, outputs[1]!, 'loss');
  });
});

describe('what a body reads beside its arguments belongs to this example', () => {
  const given = { a: numbers([4, 3], 1), b: numbers([4, 3], 2), c: numbers([4, 3], 3) };
  const at = (name: keyof typeof given, i: number, k: number): number => given[name].data[3 * i + k]!;
  const rows = [0, 1, 2, 3];
  const sumOver = (term: (k: number) => number): number => [0, 1, 2].reduce((sum, k) => sum + term(k), 0);

  /** The mean over examples of the log of the sum over `partners` of exp(score). */
  const logSumExp = (score: (i: number, j: number) => number, partners = (_i: number, _j: number) => true): number =>
    rows
      .map((i) => Math.log(rows.filter((j) => partners(i, j)).reduce((sum, j) => sum + Math.exp(score(i, j)), 0)))
      .reduce((sum, x) => sum + x / rows.length, 0);

  const lossOf = (members: string, score: string): NdArray => {
    const text = `fn twice(x) = 2 * x
fn noisy(x: [d]) -> [] = sum(x + 1e-30 * normal([d]))
fn fields(x, own) = { own: own, other: x }
fn apply(F: energy, x: [d]) -> [] = F(x)
fn through(f, x: [d]) -> [d] = f(x)
net scaled(s)(x: [d]) -> [d] {
  param weight: [d] = ones([d])
  x * weight * s
}
model M {
  data a: [3]
  data b: [3]
  data c: [3]
${members}
  minimize { loss: logsumexp(${score}) }
  representation concat(a, b, c)
}
`;
    return evaluate(lossGraph(typedModel(text, 4)), given, { 'f/weight': numbers([3], 7) })['loss']!;
  };

  const product = (i: number, j: number): number => sumOver((k) => at('a', i, k) * at('b', j, k) * at('c', i, k));
  const weighted = (i: number, j: number): number =>
    sumOver((k) => at('b', j, k) * numbers([3], 7).data[k]!) * sumOver((k) => at('a', i, k));

  test.each([
    ['a field', 'energy E(x: [d], y: [d]) = sum(x * y * c)', 'E(a, batch(b))', product],
    ['fields alone', 'energy E(y: [d]) = sum(a * y * c)', 'E(batch(b))', product],
    [
      'what is collected too',
      'energy E(y: [d]) = sum(b * y)',
      'E(batch(b))',
      (i, j) => sumOver((k) => at('b', i, k) * at('b', j, k)),
    ],
    ['a `let`', 'let m = a * c\n  energy E(y: [d]) = sum(y * m)', 'E(batch(b))', product],
    ['a record', 'mask m over a = fields(c)\n  energy E(y: [d]) = sum(a * y * m.own)', 'E(batch(b))', product],
    [
      'in a block',
      'energy E(y: [d]) {\n  let m = a * c\n  repeat 1 { m = m * y }\n  sum(m)\n  }',
      'E(batch(b))',
      product,
    ],
    ['a default', 'energy E(y: [d], m: [d] = a * c) = sum(y * m)', 'E(batch(b))', product],
    ['another energy', 'energy D(x: [d]) = sum(x * c)\n  energy E(y: [d]) = D(a * y)', 'E(batch(b))', product],
    ['an energy as argument', 'energy E(y: [d]) = sum(a * y * c)', 'apply(E, batch(b))', product],
    ['a view', 'view v, w of c = twice\n  energy E(y: [d]) = sum(a * y * v) / 2 + 0 * sum(w)', 'E(batch(b))', product],
    ['a net with a setting', 'encoder f = scaled(sum(a))\n  energy E(y: [d]) = sum(f(y))', 'E(batch(b))', weighted],
    ['such a net as argument', 'encoder f = scaled(sum(a))', 'sum(through(f, batch(b)), axis: -1)', weighted],
    ['no types', 'energy E(x, y) = sum(x * y * c, axis: -1)', 'E(a, batch(b))', product],
  ] as [string, string, string, (i: number, j: number) => number][])('%s', (_what, members, score, expected) => {
    expectAgrees(lossOf(members, score), { shape: [], data: Float64Array.of(logSumExp(expected)) }, score);
  });

  test('around an application to all examples whose draws differ by pair', () => {
    const actual = lossOf('energy E(y: [d]) = sum(a * y) + logsumexp(noisy(batch(c)))', 'E(batch(b))');
    const all = Math.log(rows.reduce((sum, j) => sum + Math.exp(sumOver((k) => at('c', j, k))), 0));
    const expected = logSumExp((i, j) => sumOver((k) => at('a', i, k) * at('b', j, k)) + all);
    expectAgrees(actual, { shape: [], data: Float64Array.of(expected) }, 'loss');
  });

  test('with the others', () => {
    const actual = lossOf('energy E(y: [d]) = sum(a * y * c)', 'E(others(b))');
    const expected = logSumExp(product, (i, j) => i !== j);
    expectAgrees(actual, { shape: [], data: Float64Array.of(expected) }, 'loss');
  });
});
