/** Batching rules: an operation on values with leading axes is the operation on each example. */
import { describe, expect, it } from 'vitest';
import { batchOp } from '../../src/compiler/graph/batch.js';
import { Builder } from '../../src/compiler/graph/builder.js';
import { strided, stridesOf } from '../../src/compiler/graph/ndarray.js';
import { type OpName, ops } from '../../src/compiler/graph/ops/index.js';
import type { Batched, NdArray } from '../../src/compiler/graph/ops/op.js';
import { topological } from '../../src/compiler/graph/schedule.js';
import type { Axis, Node } from '../../src/compiler/graph/types.js';
import { evaluateNodes } from '../../src/compiler/targets/reference/index.js';
import { type Case, cases, generator, valuesOf } from './cases.js';

const I: Axis = { id: 1, kind: 'example', size: 2 };
const J: Axis = { id: 2, kind: 'map', size: 3 };
const K: Axis = { id: 3, kind: 'view', size: 2 };

/** Which axes each argument runs over, in which order they lie. */
function patterns(arity: number, sharedArg: number | undefined): Axis[][][] {
  const choices = [
    [[I], [I, J], [J, I]],
    [[I], [], [I]],
    [[], [J], [J]],
    [[I], [J], []],
    [[I, J], [J, K], [K]],
    [[J, I, K], [I, J], [I]],
  ];
  const all =
    arity === 1 ? [[[I]], [[J, I]]] : choices.map((p) => Array.from({ length: arity }, (_, i) => p[i % p.length]!));
  return all.map((p) => p.map((axes, i) => (i === sharedArg ? [] : axes)));
}

function at(value: NdArray, axes: readonly Axis[], place: ReadonlyMap<Axis, number>): NdArray {
  const strides = stridesOf(value.shape);
  const start = axes.reduce((sum, axis, i) => sum + place.get(axis)! * strides[i]!, 0);
  return strided(value, value.shape.slice(axes.length), strides.slice(axes.length), start);
}

function places(axes: readonly Axis[]): Map<Axis, number>[] {
  return axes.reduce<Map<Axis, number>[]>(
    (found, axis) =>
      found.flatMap((m) => Array.from({ length: axis.size as number }, (_, i) => new Map(m).set(axis, i))),
    [new Map()],
  );
}

function check(name: OpName, c: Case, pattern: readonly (readonly Axis[])[]): void {
  const next = generator(5);
  const b = new Builder();
  const env = new Map<Node, NdArray>();
  const args = c.args.map((arg, i): Batched => {
    const axes = pattern[i]!;
    const value = valuesOf(
      arg,
      next,
      axes.map((a) => a.size as number),
    );
    const node = b.input(`x${i}`, value.shape, arg.dtype);
    env.set(node, value);
    return { node, axes, rank: arg.shape.length };
  });
  const result = batchOp(b, name, args, c.attrs);
  const value = evaluateNodes([result.node], env)[0]!;
  expect(new Set(result.axes)).toEqual(new Set(pattern.flat()));
  expect(result.rank).toBe(value.shape.length - result.axes.length);
  for (const place of places(result.axes)) {
    const each = args.map((x) => at(env.get(x.node)!, x.axes, place));
    const one = new Builder();
    const inputs = each.map((x, i) => one.input(`x${i}`, x.shape, c.args[i]!.dtype));
    const node = one.op(name, inputs, c.attrs);
    const wanted = evaluateNodes([node], new Map(inputs.map((x, i) => [x, each[i]!])))[0]!;
    const got = at(value, result.axes, place);
    expect(got.shape).toEqual(wanted.shape);
    const off = wanted.data.findIndex((v, i) => !(Math.abs(v - got.data[i]!) < 1e-10));
    if (off >= 0) expect.fail(`element ${off}: ${got.data[off]} against ${wanted.data[off]}`);
  }
}

describe('batching', () => {
  for (const [name, list] of Object.entries(cases) as [OpName, readonly Case[]][]) {
    if (ops[name].batching === 'none') continue;
    it(name, () => {
      for (const c of list)
        if (c.args.length > 0)
          for (const pattern of patterns(c.args.length, filterArgument(name))) check(name, c, pattern);
    });
  }

  function filterArgument(name: OpName): number | undefined {
    return name === 'conv2d' || name === 'conv2d_input_gradient' ? 1 : undefined;
  }

  it('multiplies examples as one matrix product, without repeating or transposing', () => {
    const b = new Builder();
    const x: Batched = { node: b.input('x', [2, 5]), axes: [I], rank: 1 };
    const w: Batched = { node: b.input('w', [5, 4]), axes: [], rank: 2 };
    const wt: Batched = { node: b.input('wt', [4, 5]), axes: [], rank: 2 };
    const y: Batched = { node: b.input('y', [3, 5]), axes: [J], rank: 1 };
    const dot = { batch: [[], []], over: [[0], [0]] };
    const names = (r: Batched) => topological([r.node]).map((n) => n.op);
    expect(names(batchOp(b, 'contract', [x, w], dot))).toEqual(['input', 'input', 'contract']);
    expect(names(batchOp(b, 'contract', [wt, x], { batch: [[], []], over: [[1], [0]] }))).toEqual([
      'input',
      'input',
      'contract',
    ]);
    const pairs = batchOp(b, 'contract', [x, y], dot);
    expect(names(pairs)).toEqual(['input', 'input', 'contract']);
    expect(pairs.node.type.shape).toEqual([2, 3]);
  });

  it('refuses a filter for each example', () => {
    const b = new Builder();
    const x: Batched = { node: b.input('x', [2, 4, 4, 1]), axes: [I], rank: 3 };
    const w: Batched = { node: b.input('w', [2, 2, 2, 1, 1]), axes: [I], rank: 4 };
    const attrs = { stride: [1, 1], pad: [0, 0, 0, 0], dilation: [1, 1] };
    expect(() => batchOp(b, 'conv2d', [x, w], attrs)).toThrow('differs from example to example');
    const own = b.input('own', [2, 2, 1, 1], 'float32', { axes: [I] });
    expect(() => b.op('conv2d', [b.input('image', [4, 4, 1]), own], attrs)).toThrow('differs from example to example');
  });
});
