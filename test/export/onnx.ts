/** ONNX Runtime, in a Python of its own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const inCI = process.env['CI'] !== undefined && process.env['CI'] !== '';

/** Where there is no Python the tests are skipped, except in CI, where they fail. */
export const hasPython = inCI || spawnSync('python3', ['-m', 'venv', '--help']).status === 0;

export interface Numbers {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: ArrayLike<number>;
}

export interface OnnxJob {
  readonly model: Uint8Array;
  readonly calls: readonly Readonly<Record<string, Numbers>>[];
}

export interface OnnxSeen {
  readonly outputs: readonly (readonly Numbers[])[];
  readonly inputs: Readonly<Record<string, readonly [type: string, shape: readonly (number | string)[]]>>;
  readonly results: Readonly<Record<string, readonly [type: string, shape: readonly (number | string)[]]>>;
  readonly doc: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly operations: readonly string[];
}

export function setUpOnnx(): void {
  execFileSync('sh', ['test/python/setup-onnx.sh'], { stdio: 'inherit' });
}

/** Checks every model with ONNX's own checker and runs it, all in one process. */
export function runOnnx(jobs: readonly OnnxJob[]): readonly OnnxSeen[] {
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const written = jobs.map(({ model, calls }, i) => {
    const path = join(folder, `${i}.onnx`);
    writeFileSync(path, model);
    const plain = (value: Numbers) => ({ ...value, data: Array.from(value.data) });
    const mapped = calls.map((call) => Object.fromEntries(Object.entries(call).map(([k, v]) => [k, plain(v)])));
    return { model: path, calls: mapped };
  });
  const list = join(folder, 'jobs.json');
  writeFileSync(list, JSON.stringify(written));
  const printed = execFileSync('.venv-onnx/bin/python', ['test/python/onnx_run.py', list], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(printed) as readonly OnnxSeen[];
}
