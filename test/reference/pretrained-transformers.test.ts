/** Weights of torchvision's, timm's and Hugging Face's vision transformers and of BERT in std's networks: the same features, number by number. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compileModel } from '../../src/compiler/index.js';
import { evaluateGraph } from '../../src/compiler/targets/reference/index.js';
import { EbmcError } from '../../src/diagnostics/index.js';
import { encodeSafetensors } from '../../src/runtime/checkpoint/index.js';
import { importWeights, readNames } from '../../src/runtime/import/index.js';
import type { HostTensor } from '../../src/runtime/model.js';
import { fixture, typedModel } from './models.js';

const { models } = fixture('pretrained_transformers') as {
  readonly models: Readonly<
    Record<string, { readonly shapes: Readonly<Record<string, readonly number[]>>; readonly features: number[][] }>
  >;
};

const vision = (eps: string, patch = 8) => `use std.networks { picture_vit }
model V {
  data x: Image[16, 16, 3]
  encoder f = picture_vit(patch: ${patch}, dim: 8, depth: 2, heads: 2, eps: ${eps})
  minimize { size: sum(square(f(x).class)) }
  representation f(x).class
}`;
const text = `use std.transformers { bert_encoder }
model B {
  data x: Tokens[6, 30]
  encoder f = bert_encoder(30, length: 10, dim: 8, depth: 2, heads: 2)
  minimize { size: sum(square(f(x).pooled)) }
  representation concat(reshape(f(x).tokens, [48]), f(x).pooled, axis: 0)
}`;

/** As the generator makes them. */
function numbers(count: number, k: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const x = Math.sin(i * 12.9898 + 78.233 * k) * 43758.5453;
    return 2 * (x - Math.floor(x)) - 1;
  });
}

function weight(name: string, shape: readonly number[], k: number): HostTensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const u = numbers(count, k);
  if (shape.length > 1) {
    const scale = Math.sqrt(3 / (count / shape[0]!));
    return { shape, data: Float32Array.from(u, (v) => v * scale) };
  }
  return { shape, data: Float32Array.from(u, (v) => (name.endsWith('weight') ? 1 + v / 2 : v / 5)) };
}

const folder = mkdtempSync(join(tmpdir(), 'ebmc-'));

function weightsFile(name: string, prefix = '', rename = (key: string) => key): string {
  const entries = Object.entries(models[name]!.shapes).map(([key, shape], k) => [
    prefix + rename(key),
    weight(key, shape, k),
  ]);
  const path = join(folder, `${name}${prefix}.safetensors`);
  writeFileSync(path, Buffer.concat(encodeSafetensors({ tensors: Object.fromEntries(entries), metadata: {} })));
  return path;
}

const pictures = { shape: [2, 16, 16, 3], data: numbers(2 * 16 * 16 * 3, 1000).map((u) => (1 + u) / 2) };
const tokens = { shape: [2, 6], data: numbers(12, 1001).map((u) => Math.floor(15 * (1 + u))) };

test.each([
  ['torch_vit', vision('1e-6'), pictures, ''],
  ['timm_vit', vision('1e-6'), pictures, ''],
  ['hugging_face_vit', vision('1e-12'), pictures, ''],
  ['hugging_face_vit', vision('1e-12'), pictures, 'vit.'],
  ['hugging_face_bert', text, tokens, ''],
  ['hugging_face_bert', text, tokens, 'bert.'],
] as const)('%s', (name, source, x, prefix) => {
  const model = typedModel(source, 2);
  const found = importWeights(model, 'f', weightsFile(name, prefix), readNames(name));
  expect(Object.keys(found).sort()).toEqual(model.states.map((state) => state.name).sort());
  const states = Object.fromEntries(
    Object.entries(found).map(([key, { shape, data }]) => [key, { shape, data: Float64Array.from(data) }]),
  );
  const sgd = { name: 'sgd', settings: { rate: 0, momentum: 0, decay: 0 } } as const;
  const { represent } = compileModel(model, { optimizer: sgd });
  const actual = evaluateGraph(represent, { x }, states, { seed: 0, step: 0 }).outputs['representation']!;
  const wanted = models[name]!.features.flat();
  expect(actual.data.length).toBe(wanted.length);
  // The weights are float32 here and float64 there.
  const scale = Math.max(...wanted.map(Math.abs));
  wanted.forEach((value, i) => {
    expect(Math.abs(actual.data[i]! - value) / scale, `feature ${i}`).toBeLessThan(1e-5);
  });
});

test.each([
  [
    'another patch size',
    () => importWeights(typedModel(vision('1e-6', 4), 2), 'f', weightsFile('torch_vit'), readNames('torch_vit')),
    '`class_token`|`encoder.pos_embedding` is \\[5, 8\\]',
  ],
  [
    'a part that is missing',
    () =>
      importWeights(
        typedModel(text, 2),
        'f',
        weightsFile('hugging_face_bert', 'x.', (key) => key),
        readNames('hugging_face_bert'),
      ),
    'it has no `embeddings.word_embeddings.weight`',
  ],
  [
    'one of three parts is missing',
    () =>
      importWeights(
        typedModel(text, 2),
        'f',
        weightsFile('hugging_face_bert', 'bert.', (key) => key.replace('layer.1.attention.self.key.bias', 'lost')),
        readNames('hugging_face_bert'),
      ),
    'it has no `bert.encoder.layer.1.attention.self.key.bias`',
  ],
])('%s', (_, work, part) => {
  expect(work).toThrow(EbmcError);
  expect(work).toThrow(new RegExp(part));
});
