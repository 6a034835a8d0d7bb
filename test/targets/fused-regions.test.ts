/** What a session computes as compiled functions: which operations go together, and that a step is the same with and without. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Builder } from '../../src/compiler/graph/builder.js';
import { rootsOf, scheduleGraph } from '../../src/compiler/graph/schedule.js';
import type { Graph, Node, Precision, Program } from '../../src/compiler/graph/types.js';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { findRegions, type Region } from '../../src/compiler/targets/tensorflow/fuse/regions.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { FileLibrary } from '../../src/runtime/library.js';
import type { HostTensor } from '../../src/runtime/model.js';
import { tfjsNode, useBackend } from './backends.js';

const native = tfjsNode();
const adamw = { name: 'adamw', settings: { rate: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0.01 } } as const;

function compiled(path: string, precision: Precision = 'float32', batch?: number): Program {
  const options = batch === undefined ? {} : { train: { batch } };
  const checked = checkFile({ path, text: readFileSync(path, 'utf8') }, new FileLibrary(path), options);
  return optimizeProgram(compileModel(checked.models[0]!, { optimizer: adamw, precision }, 'tensorflow'), 'tensorflow');
}

/** What would have to be computed before what: regions and the operations outside of them. */
function isInSomeOrder(graph: Graph, regions: readonly Region[]): boolean {
  const regionOf = new Map<Node, Region>();
  for (const region of regions) for (const node of region.outputs) regionOf.set(node, region);
  const done = new Set<Node | Region>();
  const doing = new Set<Node | Region>();
  const visit = (node: Node): boolean => {
    const unit = regionOf.get(node) ?? node;
    if (done.has(unit)) return true;
    if (doing.has(unit)) return false;
    doing.add(unit);
    const needed = unit === node ? node.args : (unit as Region).inputs;
    const fine = needed.every(visit);
    done.add(unit);
    return fine;
  };
  return rootsOf(graph).every(visit);
}

describe('regions', () => {
  test('a value that the backward pass can compute from what it reads anyway is not kept for it', () => {
    const b = new Builder();
    const x = b.op('input', [], { name: 'x', dtype: 'float32', shape: [1000, 1000] });
    const w = b.op('input', [], { name: 'w', dtype: 'float32', shape: [1000, 1000] });
    const product = (left: Node, right: Node): Node => b.contract(left, right, [[1], [0]], [[], []]);
    const before = product(x, w);
    const half = b.scale(before, 0.5);
    const curve = b.op('erf', [half]);
    const active = b.mul(before, b.add(curve, b.scalar(1)));
    const after = product(active, w);
    const back = b.mul(after, b.mul(b.exp(b.neg(b.square(half))), curve));
    const graph: Graph = { name: 'g', inputs: [x, w], outputs: { y: product(back, w) }, updates: {} };
    const regions = findRegions(graph);
    const names = (nodes: readonly Node[]) => nodes.map(({ op, id }) => `${op} ${id}`);
    expect(regions.map(({ inputs, outputs }) => [names(inputs), names(outputs)])).toEqual([
      [names([before]), names([active])],
      [names([before, after]), names([back])],
    ]);
    expect(regions[1]!.nodes).toContain(half);
  });

  test('two operations, few elements, sums over examples and products stay outside', () => {
    const b = new Builder();
    const x = b.op('input', [], { name: 'x', dtype: 'float32', shape: [1000, 1000] });
    const small = b.op('input', [], { name: 's', dtype: 'float32', shape: [10, 10] });
    const graph: Graph = {
      name: 'g',
      inputs: [x, small],
      outputs: {
        two: b.exp(b.neg(x)),
        few: b.exp(b.neg(b.square(b.op('sin', [small])))),
        sum: b.sum(x, [0]),
      },
      updates: {},
    };
    expect(findRegions(graph)).toEqual([]);
  });

  test.each(['mae', 'gpt', 'simclr', 'vicreg', 'swav', 'ijepa', 'vae', 'denoising_score_matching'])(
    'those of %s can be computed one after the other, from what they take',
    (name) => {
      const { step } = compiled(`examples/${name}.ebm`, 'float32', 16);
      const regions = findRegions(step, 0);
      expect(regions.length).toBeGreaterThan(0);
      expect(isInSomeOrder(step, regions)).toBe(true);
      const known = new Set(scheduleGraph(step));
      for (const { nodes, inputs, outputs } of regions) {
        const there = new Set([...inputs, ...nodes]);
        expect(nodes.every(({ args }) => args.every((arg) => there.has(arg)))).toBe(true);
        expect([...there].every((node) => known.has(node))).toBe(true);
        expect(outputs.length).toBeGreaterThan(0);
        expect(inputs.some((input) => nodes.includes(input))).toBe(false);
      }
    },
  );
});

describe.skipIf(native === undefined)('in a session', () => {
  beforeAll(() => useBackend('tensorflow'));

  const x: HostTensor = {
    shape: [128, 32, 32, 3],
    data: Float32Array.from({ length: 128 * 3072 }, (_, i) => ((i * 7919) % 256) / 255),
  };

  async function steps(program: Program, fused: boolean) {
    const emitted = emitTensorflow(program, { fused });
    const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
    const model = await loadSavedModel(program, emitted, native!, { directory });
    await model.init(3);
    const losses: number[] = [];
    for (let step = 0; step < 3; step++) losses.push((await model.step({ x }, 1e-3))['loss']!);
    const states = await model.read();
    model.dispose();
    return { losses, states };
  }

  // Rounding to 16 bits goes the other way where a sum was taken in another order.
  test.each([
    ['float32', 1e-5, 2e-3],
    ['bf16', 1e-3, 0.1],
    ['fp16', 1e-4, 0.02],
  ] as const)(
    'in %s a step is the same with functions and without',
    async (precision, ofLoss, ofStates) => {
      const program = compiled('bench/models/mae.ebm', precision);
      expect(findRegions(program.step).length).toBeGreaterThan(40);
      const [plain, fused] = [await steps(program, false), await steps(program, true)];
      for (const [i, loss] of plain.losses.entries())
        expect(Math.abs(fused.losses[i]! - loss) / loss).toBeLessThan(ofLoss);
      expect(fused.losses[2]).toBeLessThan(fused.losses[0]! * 0.95);
      // To go on where a run ended means the same numbers, bit for bit.
      expect(await steps(program, true)).toEqual(fused);
      let [far, long] = [0, 0];
      for (const { name, type, role } of program.states) {
        if (role !== 'parameter' || type.shape.length < 2) continue;
        const [a, b] = [plain.states[name]!.data, fused.states[name]!.data];
        for (let i = 0; i < a.length; i++) far += (a[i]! - b[i]!) ** 2;
        for (let i = 0; i < a.length; i++) long += a[i]! ** 2;
      }
      expect(Math.sqrt(far / long)).toBeLessThan(ofStates);
    },
    240_000,
  );
});
