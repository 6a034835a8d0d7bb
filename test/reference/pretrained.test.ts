/** Weights of torchvision's resnets in std's: the same features, number by number, by the way of `ebmc import` and `ebmc export`. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { TypedModel } from '../../src/compiler/index.js';
import { EbmcError } from '../../src/diagnostics/index.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/runtime/checkpoint/index.js';
import { tfjsFormat } from '../../src/runtime/export/formats/tfjs.js';
import { importWeights, readNames } from '../../src/runtime/import/index.js';
import type { HostTensor } from '../../src/runtime/model.js';
import { bytesOf, loadFiles } from '../export/graph-model.js';
import { useBackend } from '../targets/backends.js';
import { fixture, typedModel } from './models.js';

interface Expected {
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly features: readonly (readonly number[])[];
}
type Network = 'resnet18' | 'resnet34' | 'resnet50';
const expected = fixture('pretrained') as unknown as Readonly<Record<Network, Expected>>;

const program = (encoder: string): string => `use std.networks { ${encoder.replace(/\(.*/, '')} }

model R {
  data x: Image[64, 64, 3]
  encoder f = ${encoder}
  encoder t = ema(f, decay: 0.99)
  minimize { size: sum(square(f(x) - t(x))) }
  representation f(x)
}
`;

/** As the generator makes them. */
function numbers(count: number, k: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const x = Math.sin(i * 12.9898 + 78.233 * k) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });
}

function weight(name: string, shape: readonly number[], k: number): HostTensor {
  const u = numbers(
    shape.reduce((a, b) => a * b, 1),
    k,
  );
  const scale = shape.length === 4 ? Math.sqrt(6 / (shape[1]! * shape[2]! * shape[3]!)) : 1;
  if (shape.length === 4) return { shape, data: u.map((v) => v * scale) };
  return { shape, data: /(running_var|weight)$/.test(name) ? u.map((v) => 1 + v / 2) : u.map((v) => v / 5) };
}

const folder = mkdtempSync(join(tmpdir(), 'ebmc-'));
const pathOf = (network: Network): string => join(folder, `${network}.safetensors`);

/** Writes a network's weights as torch's users do. */
function writeWeights(network: Network): void {
  const entries = Object.entries(expected[network].shapes).map(
    ([name, shape], k) => [name, weight(name, shape, k)] as const,
  );
  const tensors = { ...Object.fromEntries(entries), 'fc.weight': { shape: [1, 512], data: new Float32Array(512) } };
  const chunks = encodeSafetensors({ tensors, metadata: {} });
  // As in torch, they count in another element type; nobody asks for them.
  const header = Buffer.from(chunks[0]!);
  const header64 = header.toString('latin1').replaceAll(/(num_batches_tracked":\{"dtype":")F32/g, '$1I64');
  writeFileSync(pathOf(network), Buffer.concat([Buffer.from(header64, 'latin1'), ...chunks.slice(1)]));
}

beforeAll(() => writeWeights('resnet18'));

function imported(model: TypedModel, encoder = 'f', network: Network = 'resnet18') {
  return importWeights(model, encoder, pathOf(network), readNames(`torch_${network}`));
}

const { bits, halves } = fixture('pretrained') as unknown as {
  readonly bits: readonly number[];
  readonly halves: Readonly<Record<'F16' | 'BF16', readonly (number | 'nan')[]>>;
};

test.each(['F16', 'BF16'] as const)('%s as torch reads it', (dtype) => {
  const header = JSON.stringify({ w: { dtype, shape: [bits.length], data_offsets: [0, 2 * bits.length] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const bytes = Buffer.concat([length, Buffer.from(header), Buffer.from(Uint16Array.from(bits).buffer)]);
  const read = decodeSafetensors(bytes).tensors['w']!.data;
  expect([...read]).toEqual(halves[dtype].map(Number));
});

test.each(['resnet18', 'resnet34', 'resnet50'] as const)(
  "torchvision's %s",
  async (network) => {
    writeWeights(network);
    const model = typedModel(program(`${network}()`), 2);
    const found = imported(model, 'f', network);
    expect(Object.keys(found).sort()).toEqual(
      model.states
        .map(({ name }) => name)
        .filter((name) => name in found)
        .sort(),
    );
    expect(found['t/resnet_1/conv_1/weight']).toBe(found['f/resnet_1/conv_1/weight']);
    const subject = { model, states: new Map(Object.entries(found)), step: 0, version: '0', batch: undefined };
    const { files } = tfjsFormat.export(subject);
    await useBackend('wasm');
    const loaded = await loadFiles((name) => bytesOf(files.find((file) => file.name === name)!.content));
    const x = tf.tensor(
      numbers(2 * 64 * 64 * 3, 1000).map((u) => (1 + u) / 2),
      [2, 64, 64, 3],
    );
    const values = await (loaded.predict({ x }) as tf.Tensor).data();
    const wanted = expected[network].features.flat();
    expect(values.length).toBe(wanted.length);
    const scale = Math.max(...wanted.map(Math.abs));
    wanted.forEach((value, i) => {
      expect(Math.abs(values[i]! - value) / scale, `feature ${i}`).toBeLessThan(1e-4);
    });
  },
  240_000,
);

test.each([
  [
    'another width',
    () => imported(typedModel(program('resnet18(width: 32)'), 2)),
    'EBM5055',
    'is [7, 7, 3, 64] in our order',
  ],
  [
    'another stem',
    () => imported(typedModel(program('resnet18(stem: "small")'), 2)),
    'EBM5055',
    'f/resnet_1/conv_1/weight',
  ],
  ['no such encoder', () => imported(typedModel(program('resnet18()'), 2), 'g'), 'EBM5054', 'no encoder `g`'],
  ['no such list', () => readNames('torch_resnet81'), 'EBM5056', 'there is none'],
  [
    'no weights',
    () => importWeights(typedModel(program('resnet18()'), 2), 'f', 'README.md', readNames('torch_resnet18')),
    'EBM5055',
    'README.md',
  ],
])('%s', (_, work, code, part) => {
  try {
    work();
  } catch (error) {
    if (!(error instanceof EbmcError)) throw error;
    expect(error.diagnostics[0]!.code).toBe(code);
    expect(error.diagnostics[0]!.message).toContain(part);
    return;
  }
  throw new Error('it succeeded');
});
