/** A run from start to table, its interruption, and what a damaged backend does. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bindingVersion } from '../../src/runtime/backends/native-folder.js';
import { loadCheckpoint } from '../../src/runtime/checkpoint/index.js';
import { ebmc, folderWith } from './run.js';
import { tinyFiles, tinyProgram } from './tiny.js';

describe('train and evaluate', () => {
  test('a run, its table, its folder; evaluated again it says the same', async () => {
    const folder = folderWith(tinyFiles());
    const trained = await ebmc(['train', 'tiny.ebm', '--backend', 'wasm'], { cwd: folder });
    expect(trained.stderr).toContain('step 12/12');
    expect(trained.status).toBe(0);
    expect(trained.stdout).toMatch(/trained .*\nuntrained .*\nraw input /);
    const files = ['manifest.json', 'metrics.jsonl', 'run.json', 'evaluation.json'];
    expect(files.filter((name) => !existsSync(join(folder, 'runs', 'Tiny', name)))).toEqual([]);
    const again = await ebmc(['evaluate', 'runs/Tiny', '--backend', 'wasm'], { cwd: folder });
    expect(again.status).toBe(0);
    expect(tableOf(again.stdout)).toBe(tableOf(trained.stdout));
  });

  test('a data set that is trained on and measured is opened once: what is wrong with it is said once', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 2},${i % 2}`).join('\n');
    const program = tinyProgram
      .replace(/noisy\(x: .*\n/, 'noisy(x: [n]) = x + 0.1 * normal([n])\n')
      .replace('Image[8, 8, 1]', '[1]')
      .replaceAll('flat(x)', 'x')
      .replaceAll('flat(y)', 'y')
      .replace(/fn x.*\n/, '')
      .replace(/dataset .*\n/, 'dataset pictures = csv("d.csv", split: 0.6) { x: [1], label: Class[2] }\n');
    const folder = folderWith({ 'tiny.ebm': program, 'd.csv': `x,label\n${rows}\nnone,1\n` });
    const { status, stderr } = await ebmc(['train', 'tiny.ebm', '--backend', 'cpu', '--no-color'], { cwd: folder });
    expect([status, stderr.match(/EBM4025/g)?.length, stderr]).toEqual([0, 1, expect.any(String)]);
  });

  test('--json prints one document a line', async () => {
    const folder = folderWith(tinyFiles());
    const { status, stdout, stderr } = await ebmc(['train', 'tiny.ebm', '--backend', 'cpu', '--json'], { cwd: folder });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const events = stdout.trimEnd().split('\n');
    const last = JSON.parse(events.at(-1) ?? '') as { evaluation: { rows: { name: string }[] } };
    expect(last).toMatchObject({ event: 'result', ok: true, status: 'finished', step: 12, backend: 'cpu' });
    expect(last.evaluation.rows.map(({ name }) => name)).toEqual(['trained', 'untrained', 'raw input']);
  });

  test('a second run takes the next free folder, an explicit one is refused', async () => {
    const folder = folderWith(tinyFiles());
    const args = ['train', 'tiny.ebm', '--backend', 'cpu', '--epochs', '1', '--no-evaluate'];
    for (const name of ['Tiny', 'Tiny-2']) {
      expect((await ebmc(args, { cwd: folder })).stdout).toContain(`saved in runs/${name}`);
    }
    const refused = await ebmc([...args, '--out', 'runs/Tiny'], { cwd: folder });
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('EBM5011');
  });

  test('Ctrl-C saves and says how to go on; going on gives the numbers of an uninterrupted run', async () => {
    const folder = folderWith(tinyFiles());
    const args = ['train', 'tiny.ebm', '--backend', 'cpu', '--no-evaluate', '--set', 'train.epochs=40'];
    let sent = false;
    const stopped = await ebmc(args, {
      cwd: folder,
      onStderr: (text, kill) => {
        if (!sent && /step \d+\/240/.test(text)) {
          sent = true;
          kill('SIGINT');
        }
      },
    });
    expect(stopped.status).toBe(130);
    expect(stopped.stderr).toContain('EBM5003');
    const command = /continue with `ebmc (.*)`/.exec(stopped.stderr)?.[1];
    expect(command).toBe('train tiny.ebm --backend cpu --set train.epochs=40 --no-evaluate --out runs/Tiny --resume');
    const resumed = await ebmc((command ?? '').split(' '), { cwd: folder });
    expect(resumed.status).toBe(0);
    const whole = await ebmc([...args, '--out', 'whole'], { cwd: folder });
    expect(whole.status).toBe(0);
    expect(await statesOf(join(folder, 'runs', 'Tiny'))).toEqual(await statesOf(join(folder, 'whole')));
  });
});

describe('a damaged native backend', () => {
  const damaged = folderWith({
    'ebmc-native.json': JSON.stringify({
      ...{
        tensorflow: '2.21.0',
        tfjsNode: '4.22.0',
        binding: bindingVersion,
        gpu: false,
        platform: `${process.platform}-${process.arch}`,
      },
      files: { 'wheel/tensorflow/libtensorflow_cc.so.2': 788_086_608 },
    }),
    'wheel/tensorflow/libtensorflow_cc.so.2': 'cut short',
  });
  const env = { EBMC_NATIVE_DIR: damaged };

  test('auto goes on with the next and says so', async () => {
    const folder = folderWith(tinyFiles());
    const args = ['train', 'tiny.ebm', '--epochs', '1', '--no-evaluate'];
    const { status, stderr } = await ebmc(args, { cwd: folder, env });
    expect(status).toBe(0);
    expect(stderr).toContain('warning[EBM6002]: the tensorflow backend is installed but does not work');
    expect(stderr).toContain('Tiny on wasm');
  });

  test('by name it is an error', async () => {
    const folder = folderWith(tinyFiles());
    const { status, stderr } = await ebmc(['train', 'tiny.ebm', '--backend', 'tensorflow'], { cwd: folder, env });
    expect(status).toBe(1);
    expect(stderr).toContain('error[EBM6001]');
    expect(stderr).toContain('run `ebmc setup`');
  });
});

function tableOf(stdout: string): string {
  return stdout.slice(stdout.indexOf('representation'));
}

async function statesOf(run: string) {
  const { manifest, states } = await loadCheckpoint(run);
  return { step: manifest.step, states };
}
