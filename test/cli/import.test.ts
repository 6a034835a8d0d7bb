/** `ebmc import`: a run of weights that were trained elsewhere, which is then a run like any other. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeSafetensors, loadCheckpoint } from '../../src/runtime/checkpoint/index.js';
import { ebmc, folderWith } from './run.js';
import { tinyFiles } from './tiny.js';

const folder = folderWith(tinyFiles());
const names = {
  'linear_1/weight': '0.weight',
  'linear_1/shift_1/bias': '0.bias',
  'batch_norm_1/scale': '1.weight',
  'batch_norm_1/bias': '1.bias',
  'batch_norm_1/average': '1.running_mean',
  'batch_norm_1/variance': '1.running_var',
  'linear_2/weight': '3.weight',
  'linear_2/shift_1/bias': '3.bias',
};
const sizes: readonly (readonly [string, readonly number[]])[] = [
  ['0.weight', [16, 64]],
  ...['0.bias', '1.weight', '1.bias', '1.running_mean', '1.running_var'].map((name) => [name, [16]] as const),
  ['3.weight', [8, 16]],
  ['3.bias', [8]],
];

function write(change: (list: typeof sizes) => typeof sizes, file: string): void {
  const tensors = change(sizes).map(([name, shape], k) => {
    const count = shape.reduce((a, b) => a * b, 1);
    return [
      name,
      { shape, data: Float32Array.from({ length: count }, (_, i) => 0.1 + 0.01 * ((i + k) % 10)) },
    ] as const;
  });
  const chunks = encodeSafetensors({ tensors: Object.fromEntries(tensors), metadata: {} });
  writeFileSync(join(folder, file), Buffer.concat(chunks));
}

function importing(weights: string, out: string) {
  const args = ['--weights', weights, '--names', 'names.json', '--out', out, '--backend', 'cpu'];
  return ebmc(['import', 'tiny.ebm', ...args], { cwd: folder });
}

test('imported, exported, trained further; not over a run; not with other shapes', async () => {
  writeFileSync(join(folder, 'names.json'), JSON.stringify({ layout: 'torch', states: names }));
  write((list) => list, 'w.safetensors');
  const made = await importing('f=w.safetensors', 'run');
  expect(made.status, made.stderr).toBe(0);
  const { states, manifest } = await loadCheckpoint(join(folder, 'run'));
  expect(manifest.step).toBe(0);
  const weight = states['f/linear_1/weight']!;
  expect(weight.shape).toEqual([64, 16]);
  // Row o, column i there is row i, column o here.
  expect(weight.data[3 * 16 + 5]).toBeCloseTo(0.1 + 0.01 * ((5 * 64 + 3) % 10), 6);

  const again = await importing('f=w.safetensors', 'run');
  expect(again.stderr).toContain('error[EBM5011]');
  const exported = await ebmc(['export', 'run', '--format', 'onnx', '--out', 'tiny.onnx'], { cwd: folder });
  expect(exported.status, exported.stderr).toBe(0);
  const trained = await ebmc(['train', 'tiny.ebm', '--backend', 'cpu', '--no-evaluate', '--out', 'run', '--resume'], {
    cwd: folder,
  });
  expect(trained.status, trained.stderr).toBe(0);

  write((list) => list.map(([name, shape]) => [name, shape.map((n) => (n === 16 ? 15 : n))]), 'other.safetensors');
  const other = await importing('f=other.safetensors', 'other');
  expect(other.status).toBe(1);
  expect(other.stderr).toContain('error[EBM5055]');
  expect(other.stderr).toContain('`0.weight` is [64, 15] in our order of axes, and `f/linear_1/weight` is [64, 16]');
  expect((await importing('f', 'x')).status).toBe(2);
}, 120_000);
