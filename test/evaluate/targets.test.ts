/** Energies of pairs and supervised training on the backends, against the reference target. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { energiesWithin } from '../../src/compiler/energy-functions.js';
import { compileModel, optimizeProgram, superviseModel } from '../../src/compiler/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { emitTfjs } from '../../src/compiler/targets/tfjs/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { loadTfjsModel } from '../../src/runtime/backends/load-tfjs.js';
import { selectRows } from '../../src/runtime/data/select/rows.js';
import { headAccuracy } from '../../src/runtime/evaluate/head-accuracy.js';
import { readLabels } from '../../src/runtime/evaluate/index.js';
import { stratifiedSubset } from '../../src/runtime/evaluate/subsets.js';
import { typedModel } from '../reference/models.js';
import { tinyDataset } from '../runtime/support.js';
import { tfjsNode, useBackend } from '../targets/backends.js';

const text = `use std.layers { linear, batch_norm }
  use std.energies { cosine }
  net small(hidden: int, out: int)(x: [d]) -> [out] { x |> linear(hidden) |> batch_norm |> relu |> linear(out) }
  fn shifted(x: [n]) -> [n] = x + 0.1 * normal([n])
  model Contrast {
    data x: [4]
    view a, b of x = shifted
    encoder f = small(hidden: 8, out: 6)
    energy E(u, v) = cosine(f(u), f(v))
    minimize { pull: E(a, b) }
    representation f(x)
  }`;
const optimizer = { name: 'adamw', settings: { rate: 0.02, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0 } } as const;
const model = typedModel(text, 6);
const directory = mkdtempSync(join(tmpdir(), 'ebmc-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const native = tfjsNode();

describe.each([['cpu', 'tfjs'], ...(native ? [['tensorflow', 'tensorflow']] : [])] as [
  'cpu' | 'tensorflow',
  'tfjs' | 'tensorflow',
][])('%s', (backend, target) => {
  const load = async (typed: typeof model) => {
    await useBackend(backend);
    const program = optimizeProgram(compileModel(typed, { optimizer }, target), target);
    if (target === 'tfjs') return loadTfjsModel(program, emitTfjs(program).files, { directory });
    return loadSavedModel(program, emitTensorflow(program), native!, {
      directory: mkdtempSync(join(directory, 'saved-')),
    });
  };

  test('energies of pairs', async () => {
    const loaded = await load(model);
    await loaded.init(3);
    const batch = await tinyDataset(6).read('test', [0, 1, 2, 3, 4, 5], ['x']);
    const states = Object.fromEntries(
      Object.entries(await loaded.read()).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float64Array.from(data) },
      ]),
    );
    const inputs = { x: { shape: [6, 4], data: Float64Array.from(batch['x']!.data) } };
    const graph = compileModel(model, { optimizer }).pairEnergies!;
    const expected = evaluateGraph(graph, inputs, states, { seed: 3, step: 0 }).outputs['energies']!;
    const actual = await loaded.pairEnergies!(batch);
    expect(actual.shape).toEqual([6, 2]);
    expected.data.forEach((value, i) => {
      expect(Math.abs(actual.data[i]! - value)).toBeLessThan(1e-5);
    });
    loaded.dispose();
  });

  test('energies of each with each of a batch', async () => {
    const asked = energiesWithin(model, 4)!;
    const loaded = await load(asked);
    await loaded.init(3);
    const batch = await tinyDataset(6).read('test', [3, 1, 0, 2], ['x']);
    const states = Object.fromEntries(
      Object.entries(await loaded.read()).map(([name, { shape, data }]) => [
        name,
        { shape, data: Float64Array.from(data) },
      ]),
    );
    const inputs = { x: { shape: [4, 4], data: Float64Array.from(batch['x']!.data) } };
    const graph = compileModel(asked, { optimizer }).represent;
    const expected = evaluateGraph(graph, inputs, states, { seed: 3, step: 0 }).outputs['representation']!;
    const actual = await loaded.represent(batch);
    expect(actual.shape).toEqual([4, 4]);
    expected.data.forEach((value, i) => {
      expect(Math.abs(actual.data[i]! - value)).toBeLessThan(1e-5);
    });
    loaded.dispose();
  });

  test('a supervised encoder learns from some labels and is judged on others', async () => {
    const dataset = tinyDataset(60);
    const labels = (await readLabels(dataset))!;
    const rows = stratifiedSubset(labels.train, 0.5, 1);
    expect(rows).toHaveLength(30);
    const some = selectRows(dataset, { train: { from: 'train', rows } });
    const loaded = await load(superviseModel(model, { name: 'label', classes: 2 })!);
    await loaded.init(3);
    for (let step = 0; step < 150; step++) {
      const batch = await some.read(
        'train',
        Array.from({ length: 6 }, (_, i) => (6 * step + i) % 30),
      );
      await loaded.step(batch, 0.02);
    }
    expect((await headAccuracy(loaded, dataset, labels.test)).value).toBeGreaterThan(0.85);
    loaded.dispose();
  });
});
