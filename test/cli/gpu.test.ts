/** A native backend that was built for GPUs, on a machine without one. The CPU's library stands in for it: what matters is what it finds. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { manifestName, type NativeManifest } from '../../src/runtime/backends/native-folder.js';
import { ebmc, folderWith } from './run.js';
import { tinyFiles } from './tiny.js';

const native = process.env['EBMC_NATIVE'];

function builtForGpus(from: string): string {
  const folder = folderWith({ 'package.json': '{}' });
  const manifest = JSON.parse(readFileSync(join(from, manifestName), 'utf8')) as NativeManifest;
  mkdirSync(join(folder, 'node_modules', '@tensorflow'), { recursive: true });
  const place = join('node_modules', '@tensorflow');
  symlinkSync(join(from, place, 'tfjs-node'), join(folder, place, 'tfjs-node-gpu'));
  symlinkSync(join(from, 'quiet_stderr.node'), join(folder, 'quiet_stderr.node'));
  writeFileSync(join(folder, manifestName), JSON.stringify({ ...manifest, gpu: true, files: {} }));
  return folder;
}

describe.skipIf(native === undefined)('built for GPUs, where there is none', () => {
  const env = { CUDA_VISIBLE_DEVICES: '-1' };

  test('a run says so and computes on processors, with the functions for those', async () => {
    const folder = folderWith(tinyFiles());
    const args = ['train', 'tiny.ebm', '--epochs', '1', '--no-evaluate', '--backend', 'tensorflow'];
    const { status, stderr } = await ebmc(args, {
      cwd: folder,
      env: { ...env, EBMC_NATIVE_DIR: builtForGpus(native!) },
    });
    expect(stderr).toContain('warning[EBM6013]: no GPU was found');
    expect(stderr).not.toContain('compiling the step');
    expect(status).toBe(0);
  });

  test('doctor says what it computes on', async () => {
    const { status, stdout } = await ebmc(['doctor'], { env: { ...env, EBMC_NATIVE_DIR: builtForGpus(native!) } });
    expect(stdout).toMatch(/ok +tensorflow .* with CUDA.*, on processors/);
    expect(status).toBe(0);
  });
});
