/** What may happen to a run from outside: it is killed, another one wants its folder, the disk is full, the native library is damaged. */
import { existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bindingVersion } from '../../src/runtime/backends/native-folder.js';
import { loadCheckpoint } from '../../src/runtime/checkpoint/index.js';
import { ebmc, folderWith } from './run.js';
import { tinyFiles } from './tiny.js';

const backends = ['wasm', ...(process.env['EBMC_NATIVE'] === undefined ? [] : ['tensorflow'])];

describe.each(backends)('on %s', (backend) => {
  const args = ['train', 'tiny.ebm', '--backend', backend, '--no-evaluate'];

  test('killed twice and resumed, a run gives every number of one that went through', {
    timeout: 180_000,
  }, async () => {
    const folder = folderWith(tinyFiles());
    const long = [...args, '--epochs', '120'];
    const whole = await ebmc([...long, '--out', 'whole'], { cwd: folder });
    expect(whole.status, whole.stderr).toBe(0);
    for (const [epoch, more] of [
      [20, []],
      [60, ['--resume']],
    ] as const) {
      const killed = await ebmc([...long, '--out', 'killed', ...more], {
        cwd: folder,
        onStderr: (text, kill) => {
          if (text.includes(`epoch ${epoch}/`)) kill('SIGKILL');
        },
      });
      expect(killed.status).toBe(null);
    }
    const { step } = (await loadCheckpoint(join(folder, 'killed'))).manifest;
    expect(step).toBeGreaterThan(100);
    expect(step).toBeLessThan(720);
    const resumed = await ebmc([...long, '--out', 'killed', '--resume'], { cwd: folder });
    expect(resumed.status, resumed.stderr).toBe(0);
    expectSameMetrics(metricsOf(join(folder, 'killed')), metricsOf(join(folder, 'whole')), backend !== 'tensorflow');
    const [one, other] = [await loadCheckpoint(join(folder, 'killed')), await loadCheckpoint(join(folder, 'whole'))];
    expect(one.manifest.step).toBe(720);
    expect(one.states).toEqual(other.states);
  });

  test('a second run in a folder in use is refused, the first goes on', async () => {
    const folder = folderWith(tinyFiles());
    let second: ReturnType<typeof ebmc> | undefined;
    const first = await ebmc([...args, '--epochs', '300', '--out', 'run'], {
      cwd: folder,
      onStderr: (text, kill) => {
        if (!text.includes('epoch 2/') || second) return;
        second = ebmc([...args, '--out', 'run', '--resume', '--epochs', '300'], { cwd: folder });
        void second.then(() => kill('SIGINT'));
      },
    });
    const refused = await second!;
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('error[EBM5008]');
    // Stopped by us, or through before that.
    expect([0, 130]).toContain(first.status);
    expect((await loadCheckpoint(join(folder, 'run'))).manifest.step).toBeGreaterThan(6);
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk', async () => {
    const folder = folderWith(tinyFiles());
    mkdirSync(join(folder, 'run'));
    symlinkSync('/dev/full', join(folder, 'run', 'manifest.json.partial'));
    const { status, stderr } = await ebmc([...args, '--out', 'run'], { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).toContain('error[EBM5004]');
  });
});

describe('a native library that ends the process which loads it', () => {
  const index = "process.kill(process.pid, 'SIGSEGV');\n";
  const file = 'node_modules/@tensorflow/tfjs-node/dist/index.js';
  const env = {
    // Without this, TensorFlow is quietened by a compiled module that this folder lacks.
    TF_CPP_MIN_LOG_LEVEL: '2',
    EBMC_NATIVE_DIR: folderWith({
      'ebmc-native.json': JSON.stringify({
        ...{
          tensorflow: '2.21.0',
          tfjsNode: '4.22.0',
          binding: bindingVersion,
          gpu: false,
          platform: `${process.platform}-${process.arch}`,
        },
        files: { [file]: index.length },
      }),
      'package.json': '{}',
      'node_modules/@tensorflow/tfjs-node/package.json': '{ "main": "dist/index.js" }',
      [file]: index,
    }),
  };
  const later = new Date(Date.now() + 10_000);
  utimesSync(join(env.EBMC_NATIVE_DIR, file), later, later);

  test.each([
    ['auto', 0, 'warning[EBM6002]'],
    ['tensorflow', 1, 'error[EBM6001]'],
  ] as const)('--backend %s', async (backend, status, code) => {
    const folder = folderWith(tinyFiles());
    const args = ['train', 'tiny.ebm', '--epochs', '1', '--no-evaluate', '--backend', backend];
    const finished = await ebmc(args, { cwd: folder, env });
    expect(finished.status).toBe(status);
    expect(finished.stderr).toContain(code);
    expect(finished.stderr).toContain('ended by SIGSEGV; its files were changed');
  });
});

/** TensorFlow's threads may sum a loss that is only reported in another order: about once in 500 steps its last digit differs. */
function expectSameMetrics(actual: unknown[], expected: unknown[], exactly: boolean): void {
  if (exactly) expect(actual).toEqual(expected);
  else {
    expect(actual.length).toBeGreaterThan(0);
    expect(actual).toEqual(expected.map(nearly));
  }
}

/** A value that equals `value` to five digits, however deep its numbers lie. */
function nearly(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 4);
  if (Array.isArray(value)) return value.map(nearly);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, nearly(part)]));
}

/** Every number of every step, but for the speed. */
function metricsOf(run: string): unknown[] {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { examplesPerSecond: _, ...rest } = JSON.parse(line) as Record<string, unknown>;
    return rest;
  });
}
