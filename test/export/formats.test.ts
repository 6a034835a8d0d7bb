/** Every format gives the features that `represent` gives, for the batch that it was compiled for and for one example. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../src/runtime/checkpoint/index.js';
import { type Exported, exportFormats } from '../../src/runtime/export/index.js';
import type { Batch, HostTensor } from '../../src/runtime/model.js';
import { tfjsNode, useBackend } from '../targets/backends.js';
import { bytesOf, loadFiles } from './graph-model.js';
import { batchSize, firstRows, type Prepared, prepare, sources } from './models.js';
import { hasPython, type OnnxSeen, runOnnx, setUpOnnx } from './onnx.js';

const native = tfjsNode();
const names = Object.keys(sources);
const prepared = new Map<string, Prepared>();
const counts = [batchSize, 1];

beforeAll(async () => {
  // The native backend is what most are trained on.
  const backend = native ? 'tensorflow' : 'wasm';
  for (const [name, text] of Object.entries(sources)) prepared.set(name, await prepare(text, backend));
}, 300_000);

function exported(name: string, format: string, batch?: number): Exported {
  const { model, states } = prepared.get(name)!;
  return exportFormats.find((f) => f.name === format)!.export({ model, states, step: 12, version: '0.0.0', batch });
}

function take(name: string, count: number): { readonly batch: Batch; readonly features: HostTensor } {
  const { batch, features } = prepared.get(name)!;
  const rows = Object.entries(batch).map(([field, value]) => [field, firstRows(value, count)] as const);
  return { batch: Object.fromEntries(rows), features: firstRows(features, count) };
}

function expectClose(actual: ArrayLike<number>, { data }: HostTensor): void {
  expect(actual.length).toBe(data.length);
  let worst = 0;
  for (let i = 0; i < data.length; i++) {
    const off = Math.abs(actual[i]! - data[i]!) / Math.max(1, Math.abs(data[i]!));
    worst = Number.isNaN(off) ? Infinity : Math.max(worst, off);
  }
  expect(worst).toBeLessThan(1e-4);
  // Not all the same.
  expect(new Set(data.map((v) => Math.round(v * 1e3))).size).toBeGreaterThan(4);
}

function toTensors(batch: Batch): Record<string, tf.Tensor> {
  const entries = Object.entries(batch).map(([name, { data, shape }]) => {
    return [name, tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32')] as const;
  });
  return Object.fromEntries(entries);
}

describe.each(['cpu', 'wasm'])('a graph model on %s', (backend) => {
  test.each(names)('%s', async (name) => {
    const { files, about } = exported(name, 'tfjs');
    expect(about.output.shape[0]).toBe('batch');
    await useBackend(backend);
    const model = await loadFiles((file) => bytesOf(files.find((f) => f.name === file)!.content));
    for (const count of counts) {
      const { batch, features } = take(name, count);
      const given = toTensors(batch);
      const result = model.predict(given) as tf.Tensor;
      expect(result.shape).toEqual(features.shape);
      expectClose(await result.data(), features);
      tf.dispose([result, ...Object.values(given)]);
    }
    model.dispose();
  });
});

describe.skipIf(native === undefined)('a SavedModel', () => {
  test.each(names.flatMap((name) => ['serving_default', 'represent'].map((s) => [name, s] as const)))(
    '%s, %s',
    async (name, signature) => {
      const folder = mkdtempSync(join(tmpdir(), 'ebmc-'));
      for (const { name: file, content } of exported(name, 'saved-model').files)
        writeFileSync(join(folder, file), bytesOf(content));
      await useBackend('tensorflow');
      const loaded = await native!.node.loadSavedModel(folder, ['serve'], signature);
      for (const count of counts) {
        const { batch, features } = take(name, count);
        const result = loaded.predict(toTensors(batch))['representation']!;
        expect(result.shape).toEqual(features.shape);
        expectClose(await result.data(), features);
      }
      loaded.dispose();
    },
  );
});

describe.skipIf(!hasPython)('an ONNX model', () => {
  let seen: readonly OnnxSeen[];
  beforeAll(() => {
    setUpOnnx();
    seen = runOnnx(
      names.map((name) => ({
        model: bytesOf(exported(name, 'onnx').files[0]!.content),
        calls: counts.map((count) => {
          const entries = Object.entries(take(name, count).batch).map(([field, value]) => {
            const dtype = value.data instanceof Int32Array ? 'int32' : 'float32';
            return [field, { ...value, dtype }] as const;
          });
          return Object.fromEntries(entries);
        }),
      })),
    );
  }, 300_000);

  test.each(names.map((name, i) => [name, i] as const))('%s', (name, i) => {
    const { outputs, inputs, results, metadata, doc } = seen[i]!;
    for (const [k, count] of counts.entries()) {
      const { features } = take(name, count);
      expect(outputs[k]![0]!.shape).toEqual(features.shape);
      expectClose(outputs[k]![0]!.data, features);
    }
    const { model, batch, features } = prepared.get(name)!;
    for (const [field, { shape }] of Object.entries(batch)) {
      expect(inputs[field]![1]).toEqual(['batch', ...shape.slice(1)]);
      expect(doc[field]).toContain(field);
    }
    expect(results['representation']![1]).toEqual(['batch', ...features.shape.slice(1)]);
    expect(metadata).toMatchObject({ model: model.name, step: '12' });
  });
});

describe('safetensors', () => {
  test.each(names)('%s', (name) => {
    const { tensors, metadata } = decodeSafetensors(bytesOf(exported(name, 'safetensors').files[0]!.content));
    const { states, model } = prepared.get(name)!;
    for (const [path, { shape, data }] of Object.entries(tensors)) {
      expect(shape).toEqual(states.get(path)!.shape);
      expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(states.get(path)!.data.buffer)), path).toBe(0);
    }
    expect(Object.keys(tensors).length).toBeGreaterThan(0);
    expect(metadata['model']).toBe(model.name);
    expect(JSON.parse(metadata['inputs']!)[0].name).toBe(model.inputs[0]!.name);
  });

  test('only what the representation reads', () => {
    const { tensors } = decodeSafetensors(bytesOf(exported('small_cnn (SimCLR)', 'safetensors').files[0]!.content));
    expect(new Set(Object.keys(tensors).map((path) => path.split('/')[0]))).toEqual(new Set(['f']));
  });
});

test('a fixed number of examples', async () => {
  const name = 'vision transformer (MAE)';
  const { files, about } = exported(name, 'tfjs', 2);
  expect(about.inputs[0]!.shape).toEqual([2, 28, 28, 1]);
  await useBackend('wasm');
  const model = await loadFiles((file) => bytesOf(files.find((f) => f.name === file)!.content));
  const { batch, features } = take(name, 2);
  expectClose(await (model.predict(toTensors(batch)) as tf.Tensor).data(), features);
});
