/** Every primitive's gradient at orders one and two against central differences in float64. */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/compiler/differentiate/index.js';
import { Builder } from '../../src/compiler/graph/builder.js';
import { type OpName, ops } from '../../src/compiler/graph/ops/index.js';
import type { NdArray } from '../../src/compiler/graph/ops/op.js';
import type { Node } from '../../src/compiler/graph/types.js';
import { evaluateNodes } from '../../src/compiler/targets/reference/index.js';
import { applied, type Case, cases, generator, valuesOf } from './cases.js';

type Env = Map<Node, NdArray>;

function finiteDifference(f: Node, x: Node, env: Env): Float64Array {
  const value = env.get(x)!;
  const h = 1e-5;
  return Float64Array.from(value.data, (_, i) => {
    const at = (delta: number): number => {
      const data = Float64Array.from(value.data);
      data[i]! += delta;
      return evaluateNodes([f], new Map(env).set(x, { shape: value.shape, data }))[0]!.data[0]!;
    };
    return (at(h) - at(-h)) / (2 * h);
  });
}

function expectGradient(b: Builder, f: Node, wrt: readonly Node[], env: Env): readonly Node[] {
  const found = gradients(b, f, wrt);
  const values = evaluateNodes(found, env);
  wrt.forEach((x, k) => {
    const wanted = finiteDifference(f, x, env);
    expect(values[k]!.shape).toEqual(x.type.shape);
    const off = values[k]!.data.findIndex(
      (v, i) => !(Math.abs(v - wanted[i]!) < 1e-6 * Math.max(1, Math.abs(wanted[i]!))),
    );
    if (off >= 0) expect.fail(`argument ${k}, element ${off}: ${values[k]!.data[off]} against ${wanted[off]}`);
  });
  return found;
}

/** Σ weights · x, with the weights an input: products with the cotangent are differentiated too. */
function weighted(b: Builder, x: Node, name: string, next: () => number, env: Env): { sum: Node; weights: Node } {
  const weights = b.input(name, x.type.shape);
  env.set(weights, valuesOf({ shape: x.type.shape as number[], dtype: 'float32', values: 'any' }, next));
  return { sum: b.sum(b.mul(weights, x)), weights };
}

function check(name: OpName, c: Case, seed: number): void {
  const next = generator(seed);
  const { b, inputs, node } = applied(name, c);
  const env: Env = new Map(inputs.map((x, i) => [x, valuesOf(c.args[i]!, next)]));
  const wrt = inputs.filter((x) => x.type.dtype === 'float32');
  const f = weighted(b, node, 'weights', next, env);
  const first = expectGradient(b, f.sum, wrt, env);
  if (c.order < 2) return;
  const second = first.map((g, i) => weighted(b, g, `direction${i}`, next, env).sum);
  expectGradient(
    b,
    second.reduce((p, q) => b.add(p, q)),
    [...wrt, f.weights],
    env,
  );
}

describe('gradients by finite differences', () => {
  for (const [name, list] of Object.entries(cases) as [OpName, readonly Case[]][]) {
    const differentiable = list.filter((c) => c.order > 0);
    if (ops[name].gradient && name !== 'floor' && name !== 'sign')
      it(`${name} has a case with a gradient`, () => expect(differentiable.length).toBeGreaterThan(0));
    differentiable.forEach((c, i) => {
      it(`${name}${c.label ? `, ${c.label}` : ` ${i}`}`, () => check(name, c, 17 + i));
    });
  }

  it('has a case for every operation', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(ops).sort());
    for (const list of Object.values(cases)) expect(list.length).toBeGreaterThan(0);
  });
});

describe('reverse mode', () => {
  it('gives zeros where the output does not depend on a value', () => {
    const b = new Builder();
    const [x, y] = [b.input('x', [2]), b.input('y', [3])];
    const [gx, gy] = gradients(b, b.sum(b.square(x)), [x, y]) as [Node, Node];
    expect(gx).toBe(b.scale(x, 2));
    expect(gy).toBe(b.zeros(y.type));
  });

  it('stops at stop_gradient', () => {
    const b = new Builder();
    const x = b.input('x', [2]);
    expect(gradients(b, b.sum(b.mul(x, b.stop(x))), [x])[0]).toBe(b.stop(x));
    expect(gradients(b, b.sum(b.stop(x)), [x])[0]).toBe(b.zeros(x.type));
  });

  it('sums the cotangents of a value used twice', () => {
    const b = new Builder();
    const x = b.input('x', []);
    const env: Env = new Map([[x, { shape: [], data: Float64Array.of(0.7) }]]);
    expectGradient(b, b.mul(b.exp(x), b.add(x, b.square(x))), [x], env);
  });

  it('differentiates by an intermediate value', () => {
    const b = new Builder();
    const x = b.input('x', []);
    const y = b.exp(x);
    expect(gradients(b, b.square(y), [y])[0]).toBe(b.scale(y, 2));
  });

  it('refuses an output that is not a scalar', () => {
    const b = new Builder();
    const x = b.input('x', [2]);
    expect(() => gradients(b, x, [x])).toThrow('only a scalar has a gradient, and this value is [2]');
  });

  it('goes through twenty thousand operations', () => {
    const b = new Builder();
    const x = b.input('x', []);
    let y: Node = x;
    for (let i = 0; i < 20000; i++) y = b.op(i % 2 ? 'sin' : 'cos', [y]);
    expect(gradients(b, y, [x])[0]!.type.shape).toEqual([]);
  });

  it('is exact at order three', () => {
    const b = new Builder();
    const x = b.input('x', []);
    const third = [1, 2, 3].reduce((f) => gradients(b, f, [x])[0]!, b.op('tanh', [x]));
    const t = Math.tanh(0.3);
    const wanted = (1 - t * t) * (6 * t * t - 2);
    const env: Env = new Map([[x, { shape: [], data: Float64Array.of(0.3) }]]);
    expect(evaluateNodes([third], env)[0]!.data[0]).toBeCloseTo(wanted, 12);
  });
});
