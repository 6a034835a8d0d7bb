/** Sharing, types, axes and local simplification at construction. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Builder, ShapeError } from '../../src/compiler/graph/builder.js';
import { showShape, symbol } from '../../src/compiler/graph/dim.js';
import { broadcasted, ndarray } from '../../src/compiler/graph/ndarray.js';
import { broadcastShapes } from '../../src/compiler/graph/ops/shapes.js';
import { rules } from '../../src/compiler/graph/simplify.js';
import type { Axis, Node } from '../../src/compiler/graph/types.js';
import { evaluateNodes } from '../../src/compiler/targets/reference/index.js';

const example: Axis = { id: 1, kind: 'example', size: symbol('batch') };
const map: Axis = { id: 2, kind: 'map', size: 3 };

describe('sharing', () => {
  it('makes equal operations the same node', () => {
    const b = new Builder();
    const [x, y] = [b.input('x', [2, 3]), b.input('y', [3])];
    expect(b.add(x, y)).toBe(b.add(x, y));
    expect(b.sum(x, [-1])).toBe(b.op('reduce_sum', [x], { keepdims: false, axes: [1] }));
    expect(b.sum(x, [0])).not.toBe(b.sum(x, [1]));
    expect(b.scalar(0)).not.toBe(b.scalar(-0));
    expect(b.scalar(Infinity)).not.toBe(b.scalar(-Infinity));
  });

  it('keeps values that run over other axes apart', () => {
    const b = new Builder();
    const here = b.op('random_uniform', [], { shape: [2], site: 'a' }, { axes: [example] });
    expect(b.op('random_uniform', [], { shape: [2], site: 'a' })).not.toBe(here);
  });

  it('refuses nodes of another builder, and takes them over on request', () => {
    const x = new Builder().input('x', [2]);
    expect(() => new Builder().neg(x)).toThrow("is another builder's");
    const b = new Builder([x]);
    expect(b.input('x', [2])).toBe(x);
    expect(b.neg(x).id).toBeGreaterThan(x.id);
  });
});

describe('axes', () => {
  it("are the arguments' together, by number", () => {
    const b = new Builder();
    const x = b.input('x', [2], 'float32', { axes: [map] });
    const y = b.input('y', [2], 'float32', { axes: [example] });
    expect(b.add(x, y).axes).toEqual([example, map]);
    expect(b.neg(x).axes).toBe(x.axes);
  });

  it('are entered, left and crossed by the operations for that', () => {
    const b = new Builder();
    const x = b.input('x', [3, 2], 'float32', { axes: [example] });
    const inside = b.op('enter', [x], { axis: map });
    expect([inside.axes, inside.type.shape]).toEqual([[example, map], [2]]);
    expect(b.op('leave', [inside], { axis: map }).axes).toEqual([example]);
    const all = b.op('batch', [x], { size: symbol('batch') });
    expect([all.axes, showShape(all.type.shape)]).toEqual([[], '[batch, 3, 2]']);
    expect(showShape(b.op('drop_self', [all]).type.shape)).toBe('[batch - 1, 3, 2]');
    expect(b.op('batch_reduce', [x], { kind: 'mean' }).axes).toEqual([]);
  });
});

describe('types', () => {
  const b = new Builder();
  const [x, y] = [b.input('x', [2, 128]), b.input('y', [64])];
  const i = b.input('i', [3], 'int32');
  const d = b.input('d', [symbol('d'), 4]);
  const failures: [string, () => Node][] = [
    ['shapes [2, 128] and [64] do not broadcast: 128 against 64 at axis -1', () => b.add(x, y)],
    ['shapes [d, 4] and [2, 4] do not broadcast: d against 2 at axis -2', () => b.add(d, b.input('e', [2, 4]))],
    ['exp takes floats, not ints', () => b.exp(i)],
    ['add of float32 and int32: the element types must be equal (float(x) makes floats of ints)', () => b.add(y, i)],
    ['axis 2 is outside a value of rank 2 (axes 0 to 1)', () => b.sum(x, [2])],
    ['[2, 128] does not reshape to [3, 5]: 256 elements against 15', () => b.reshape(x, [3, 5])],
    [
      'shapes [2, 128] and [64] do not multiply: 128 (axis 1 of the first) and 64 (axis 0 of the second) are summed over',
      () => b.contract(x, y, [[1], [0]]),
    ],
    ['elements 1 to 2 of axis 0 are sliced, but it has 2', () => b.slice(x, [1, 0], [2, 128])],
    [
      'shapes [2, 128] and [2, 64] do not join along axis 0: the other axes must be equal',
      () => b.concat([x, b.input('z', [2, 64])], 0),
    ],
    ['add takes 2 values, not 1', () => b.op('add', [x])],
    [
      "conv's filter [3, 3, 4, 8] takes 4 channels, and the image [8, 8, 3] has 3",
      () =>
        b.op('conv2d', [b.input('im', [8, 8, 3]), b.input('f', [3, 3, 4, 8])], {
          stride: [1, 1],
          pad: [0, 0, 0, 0],
          dilation: [1, 1],
        }),
    ],
  ];
  for (const [sentence, make] of failures) {
    it(sentence, () => {
      expect(make).toThrow(ShapeError);
      expect(make).toThrow(sentence);
    });
  }

  it('are worked out with named dimensions', () => {
    expect(showShape(b.contract(d, b.input('w', [4, symbol('k')]), [[1], [0]]).type.shape)).toBe('[d, k]');
    expect(showShape(b.concat([d, d], 0).type.shape)).toBe('[2*d, 4]');
    expect(showShape(b.pad(d, [1, 0], [2, 0]).type.shape)).toBe('[d + 3, 4]');
    expect(showShape(b.reshape(d, [4, symbol('d')]).type.shape)).toBe('[4, d]');
  });
});

describe('simplification', () => {
  const b = new Builder();
  const x = b.input('x', [2, 3]);
  const equal: [string, Node, Node][] = [
    ['x · 1', b.mul(b.scalar(1), x), x],
    ['x + 0', b.add(x, b.zeros({ dtype: 'float32', shape: [3] })), x],
    ['x · 0', b.scale(x, 0), b.zerosLike(x)],
    ['x / 1', b.div(x, b.scalar(1)), x],
    ['x ^ 2', b.pow(x, b.scalar(2)), b.square(x)],
    ['0 - x', b.sub(b.scalar(0), x), b.neg(x)],
    ['--x', b.neg(b.neg(x)), x],
    ['x + -x', b.add(x, b.neg(x)), b.sub(x, x)],
    ['reshape of reshape', b.reshape(b.reshape(x, [6]), [3, 2]), b.reshape(x, [3, 2])],
    ['reshape there and back', b.reshape(b.reshape(x, [6]), [2, 3]), x],
    ['transpose of transpose', b.transpose(b.transpose(x, [1, 0]), [1, 0]), x],
    ['broadcast to the same', b.broadcastTo(x, [2, 3]), x],
    ['x · 2 · 3', b.scale(b.mul(b.scalar(2), x), 3), b.scale(x, 6)],
    ['a constant with a shape', b.add(b.constant(2, [2, 3]), x), b.add(x, b.scalar(2))],
    ['constants', b.add(b.scalar(2), b.scale(b.constant(3, [2]), 4)), b.constant(14, [2])],
    ['a sum of ones', b.sum(b.onesLike(x)), b.scalar(6)],
    ['a full slice', b.slice(x, [0, 0], [2, 3]), x],
    ['concat of one', b.concat([x], 0), x],
  ];
  for (const [name, got, wanted] of equal) it(name, () => expect(got).toBe(wanted));

  it('keeps a broadcast that 1 or 0 brings', () => {
    const row = b.input('row', [3]);
    expect(b.mul(row, b.constant(1, [2, 3])).type.shape).toEqual([2, 3]);
    expect(b.add(row, b.constant(0, [2, 3])).op).toBe('add');
  });

  it('keeps the axes of a value times 0', () => {
    const each = b.input('each', [3], 'float32', { axes: [example] });
    expect(b.scale(each, 0).axes).toEqual([example]);
  });

  it('names every rule once', () => {
    expect(new Set(rules.map((r) => r.name)).size).toBe(rules.length);
  });
});

describe('broadcasting', () => {
  const pair = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom('both', 'left', 'right')), { maxLength: 4 })
    .chain((dims) =>
      fc.record({
        left: fc.constant(dims.map(([d, side]) => (side === 'right' ? 1 : d))),
        right: fc.constant(dims.map(([d, side]) => (side === 'left' ? 1 : d))),
        cutLeft: fc.integer({ min: 0, max: dims.length }),
        cutRight: fc.integer({ min: 0, max: dims.length }),
      }),
    )
    .map(({ left, right, cutLeft, cutRight }) => [left.slice(cutLeft), right.slice(cutRight)] as const);

  it('is commutative, and broadcasting to the joint shape first changes nothing', () => {
    fc.assert(
      fc.property(pair, ([p, q]) => {
        const shape = broadcastShapes(p, q) as readonly number[];
        expect(broadcastShapes(q, p)).toEqual(shape);
        const fill = (s: readonly number[]) =>
          ndarray(
            s,
            Array.from({ length: s.reduce((a, d) => a * d, 1) }, (_, i) => i + 1),
          );
        const b = new Builder();
        const [x, y] = [b.input('x', p), b.input('y', q)];
        const env = new Map([
          [x, fill(p)],
          [y, fill(q)],
        ]);
        const [direct, aligned] = evaluateNodes(
          [b.sub(x, y), b.sub(b.broadcastTo(x, shape), b.broadcastTo(y, shape))],
          env,
        );
        expect(direct).toEqual(aligned);
        expect(evaluateNodes([b.broadcastTo(x, shape)], env)[0]).toEqual(broadcasted(env.get(x)!, shape));
      }),
      { numRuns: 60 },
    );
  });

  it('says where shapes differ', () => {
    expect(broadcastShapes([2, 3, 4], [5, 4])).toBe(
      'shapes [2, 3, 4] and [5, 4] do not broadcast: 3 against 5 at axis -2',
    );
  });
});

describe('an operation again, on other arguments', () => {
  it('is the node that the operation itself would be, of whatever shape they are', () => {
    const b = new Builder();
    const [x, y, z] = [b.input('x', [2, 3]), b.input('y', [2, 3]), b.input('z', [3])];
    const sum = b.op('reduce_sum', [b.exp(x)], { axes: [0], keepdims: false });
    const place = { scope: 'f', span: undefined };
    expect(b.again(sum, [y], place)).toBe(b.sum(y, [0]));
    expect(b.again(sum, [z], place)).toBe(b.sum(z, [0]));
    expect(b.again(sum, [z]).type.shape).toEqual([]);
    expect(b.again(b.add(x, y), [x, b.zeros(x.type)], place)).toBe(x);
    expect(() => b.again(sum, [new Builder().input('other', [2, 3])], place)).toThrow("another builder's");
  });
});
