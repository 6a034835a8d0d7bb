/** std's resnet18 at its real width takes training steps on real digits, with either stem: natively, or on wasm where there is no native backend. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFile, compileModel, optimizeProgram } from '../../src/compiler/index.js';
import { emitTensorflow } from '../../src/compiler/targets/tensorflow/emit.js';
import { emitTfjs } from '../../src/compiler/targets/tfjs/emit.js';
import { loadSavedModel } from '../../src/runtime/backends/load-saved-model.js';
import { loadTfjsModel } from '../../src/runtime/backends/load-tfjs.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { FileLibrary } from '../../src/runtime/library.js';
import type { LoadedModel } from '../../src/runtime/model.js';
import { tfjsNode, useBackend } from '../targets/backends.js';

const native = tfjsNode();
const batch = 8;
const rate = 1e-3;

const programWith = (stem: 'small' | 'full'): string => `use std.networks { resnet18 }
use std.energies { cosine }
use std.regularizers { info_nce }

model Residual {
  data x: Image[28, 28, 1]
  view a, b of x = x + 0.1 * normal([28, 28, 1])
  encoder f = resnet18(stem: "${stem}")
  energy E(u, v) = cosine(f(u), f(v))
  minimize { contrast: info_nce(E, a, b, temperature: 0.5) }
  representation f(x)
}

dataset digits = mnist() { x: Image[28, 28, 1] }

train Residual on digits.train { batch: ${batch}, optimizer: adamw(rate: ${rate}) }
`;

function check(stem: 'small' | 'full') {
  const source = { path: 'residual.ebm', text: programWith(stem) };
  const checked = checkFile(source, new FileLibrary(source.path));
  if (checked.diagnostics.length > 0) throw new Error(checked.diagnostics.map(({ message }) => message).join('\n'));
  return checked;
}

async function prepare(stem: 'small' | 'full') {
  await useBackend(native ? 'tensorflow' : 'wasm');
  const { models, trains, datasets } = check(stem);
  const target = native ? 'tensorflow' : 'tfjs';
  const program = optimizeProgram(compileModel(models[0]!, trains[0]!, target), target);
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const model: LoadedModel = native
    ? await loadSavedModel(program, emitTensorflow(program), native, { directory })
    : await loadTfjsModel(program, emitTfjs(program).files, { directory });
  await model.init(1);
  const data = await openDataset(datasets[0]!, { baseDirectory: '.', strict: true, warn: () => {} });
  const digits = await data.read(
    'train',
    Array.from({ length: batch }, (_, i) => i),
  );
  return { program, model, digits };
}

test('stem "small" has the published number of parameters', () => {
  const { models } = check('small');
  const parameters = models[0]!.states.filter(({ role }) => role === 'parameter');
  const count = parameters.reduce(
    (sum, { type }) => sum + type.shape.reduce<number>((product, n) => product * Number(n), 1),
    0,
  );
  // torchvision's 11,689,512, less the last layer (513,000) and what a first convolution of 3×3×1 has less than 7×7×3.
  expect(count).toBe(11_689_512 - 513_000 - 64 * (7 * 7 * 3 - 3 * 3 * 1));
});

test('stem "small": the loss of a batch falls', async () => {
  const { model, digits } = await prepare('small');
  const losses: number[] = [];
  for (let step = 0; step < 8; step++) losses.push((await model.step(digits, rate))['loss']!);
  model.dispose();
  expect(losses.every(Number.isFinite)).toBe(true);
  expect((losses[6]! + losses[7]!) / 2, losses.join(' ')).toBeLessThan((losses[0]! + losses[1]!) / 2 - 0.1);
}, 120_000);

test('stem "full": a step changes every parameter', async () => {
  const { program, model, digits } = await prepare('full');
  const before = await model.read();
  const { loss } = await model.step(digits, rate);
  const after = await model.read();
  model.dispose();
  expect(loss).toBeGreaterThan(0);
  const same = program.states
    .filter(({ role }) => role === 'parameter')
    .filter(({ name }) => before[name]!.data.every((value, i) => value === after[name]!.data[i]));
  expect(same.map(({ name }) => name)).toEqual([]);
}, 120_000);
