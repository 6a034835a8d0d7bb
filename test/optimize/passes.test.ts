/** Every pass leaves a sound graph with the same values, and does what it is for. */
import { describe, expect, test } from 'vitest';
import { gradients } from '../../src/compiler/differentiate/index.js';
import { Builder } from '../../src/compiler/graph/builder.js';
import type { NdArray } from '../../src/compiler/graph/ops/index.js';
import { staticShape } from '../../src/compiler/graph/ops/shapes.js';
import { scheduleGraph } from '../../src/compiler/graph/schedule.js';
import type { Graph, Node } from '../../src/compiler/graph/types.js';
import { verify } from '../../src/compiler/graph/verify.js';
import { findLiveness, optimizeGraph, passes } from '../../src/compiler/optimize/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { opCases } from '../targets/op-cases.js';
import { trainingProgram } from '../targets/training-program.js';

type Values = Readonly<Record<string, NdArray>>;

function fill(nodes: readonly Node[]): Values {
  return Object.fromEntries(
    nodes.map((node, k) => {
      const shape = staticShape(node.type.shape);
      const size = shape.reduce((n, d) => n * d, 1);
      return [
        String(node.attrs['name']),
        { shape, data: Float64Array.from({ length: size }, (_, i) => Math.sin(1 + i * 1.3 + k * 5)) },
      ];
    }),
  );
}

function expectSame(actual: Values, expected: Values): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) {
    expect(actual[name]!.shape, name).toEqual(value.shape);
    value.data.forEach((x, i) => {
      expect(Math.abs(actual[name]!.data[i]! - x), `${name}[${i}]`).toBeLessThan(1e-9 * Math.max(1, Math.abs(x)));
    });
  }
}

function expectSound(graph: Graph, inputs: Values, states: Values = {}): Graph {
  const draws = { seed: 3, step: 2 };
  const expected = evaluateGraph(graph, inputs, states, draws);
  return optimizeGraph(graph, (pass, after) => {
    expect(verify(after), pass.name).toEqual([]);
    const actual = evaluateGraph(after, inputs, states, draws);
    expectSame(actual.outputs, expected.outputs);
    expectSame(actual.updates, expected.updates);
  });
}

function graphOf(outputs: Readonly<Record<string, Node>>, inputs: readonly Node[]): Graph {
  return { name: 'test', inputs, outputs, updates: {} };
}

function count(graph: Graph, op: Node['op'], size = 0): number {
  const isLarge = (node: Node): boolean => staticShape(node.type.shape).reduce((n, d) => n * d, 1) >= size;
  return scheduleGraph(graph).filter((node) => node.op === op && isLarge(node)).length;
}

test('names of passes are for the command line', () => {
  for (const pass of passes) expect(pass.name).toMatch(/^[a-z-]+$/);
});

describe('values stay the same', () => {
  test.each(opCases.map(({ name }, i) => [name, i] as const))('%s', (_, i) => {
    const { graph, inputs } = opCases[i]!;
    expectSound(graph, inputs);
  });

  test('in a whole step', () => {
    const { step, init } = trainingProgram();
    const states = evaluateGraph(init, {}, {}, { seed: 3, step: 0 }).updates;
    const x = { shape: [4, 6, 6, 1], data: Float64Array.from({ length: 144 }, (_, i) => Math.cos(i)) };
    const after = expectSound(step, { x, rate: { shape: [], data: Float64Array.of(0.1) } }, states);
    expect(count(after, 'batch_reduce') + count(after, 'running')).toBe(0);
  });
});

test('dot products of all pairs, and their gradient, are matrix products', () => {
  const b = new Builder();
  const [x, y] = [b.input('x', [6, 5]), b.input('y', [7, 5])];
  const pairs = b.mul(b.reshape(x, [6, 1, 5]), b.reshape(y, [1, 7, 5]));
  const loss = b.sum(b.exp(b.sum(pairs, [2])));
  const [dx, dy] = gradients(b, loss, [x, y]);
  const after = expectSound(graphOf({ loss, dx: dx!, dy: dy! }, [x, y]), fill([x, y]));
  expect(count(after, 'contract')).toBe(3);
  expect(count(after, 'mul', 6 * 7 * 5)).toBe(0);
});

test('batch normalisation makes few passes over its argument', () => {
  const b = new Builder();
  const [x, scale, bias, g] = [
    b.input('x', [8, 3, 3, 4]),
    b.input('scale', [4]),
    b.input('bias', [4]),
    b.input('g', [8, 3, 3, 4]),
  ];
  const mean = b.op('batch_reduce', [x], { kind: 'mean', axes: [0, 1, 2], keepdims: false });
  const variance = b.op('batch_reduce', [x], { kind: 'variance', axes: [0, 1, 2], keepdims: false });
  const factor = b.mul(b.rsqrt(b.add(variance, b.scalar(1e-5))), scale);
  const y = b.add(b.mul(b.sub(x, mean), factor), bias);
  const loss = b.sum(b.mul(y, g));
  const [dx, dScale, dBias] = gradients(b, loss, [x, scale, bias]);
  const inputs = [x, scale, bias, g];
  const after = expectSound(graphOf({ y, dx: dx!, dScale: dScale!, dBias: dBias! }, inputs), fill(inputs));
  const large = ['add', 'sub', 'mul', 'neg', 'square', 'broadcast_to'] as const;
  expect(Object.fromEntries(large.map((op) => [op, count(after, op, 288)]))).toMatchInlineSnapshot(`
    {
      "add": 3,
      "broadcast_to": 0,
      "mul": 4,
      "neg": 0,
      "square": 1,
      "sub": 1,
    }
  `);
});

test('a value lives to its last use, what is kept for ever', () => {
  const b = new Builder();
  const x = b.input('x', [10]);
  const [p, q] = [b.exp(x), b.square(x)];
  const r = b.add(p, q);
  const order = scheduleGraph(graphOf({ r }, [x]));
  const { lastUse, peakBytes } = findLiveness(order, [r]);
  expect(lastUse.get(p)).toBe(order.indexOf(r));
  expect(lastUse.has(r)).toBe(false);
  expect(peakBytes).toBe(3 * 40);
});
