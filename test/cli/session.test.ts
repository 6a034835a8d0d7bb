/** Training in a TensorFlow session from the command line: micro-batches, a kill, a profile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCheckpoint } from '../../src/runtime/checkpoint/index.js';
import { metricsName, readMetrics } from '../../src/runtime/train/read-metrics.js';
import { ebmc, folderWith } from './run.js';
import { tinyFiles, tinyProgram } from './tiny.js';

const train = ['train', 'tiny.ebm', '--no-evaluate'];
const native = process.env['EBMC_NATIVE'] !== undefined;

test('micro-batches that do not divide the batch are refused', async () => {
  const folder = folderWith(tinyFiles());
  const { status, stderr } = await ebmc([...train, '--micro-batch', '5', '--backend', 'cpu'], { cwd: folder });
  expect(status).toBe(1);
  expect(stderr).toContain('EBM2051');
  expect(stderr).toContain('a whole number that divides the batch of 16');
});

test.each([
  ['micro-batches', ['--micro-batch', '4'], 'EBM6010'],
  ['bfloat16', ['--set', 'train.precision=bf16'], 'EBM6011'],
  ['float16', ['--set', 'train.precision=fp16'], 'EBM6011'],
] as const)('%s where they cannot be are refused', async (_, options, code) => {
  const folder = folderWith(tinyFiles());
  const { status, stderr } = await ebmc([...train, ...options, '--backend', 'cpu'], { cwd: folder });
  expect(status).toBe(1);
  expect(stderr).toContain(code);
});

describe.skipIf(!native)('in a session', () => {
  test('micro-batches train as the whole batch does', async () => {
    const folder = folderWith(tinyFiles());
    const losses = async (out: string, ...options: string[]): Promise<number[]> => {
      const args = [...train, '--backend', 'tensorflow', '--out', out, ...options];
      const { status, stderr } = await ebmc(args, { cwd: folder });
      expect(stderr).toContain('step 12/12');
      expect(status).toBe(0);
      return lossesOf(join(folder, out));
    };
    const whole = await losses('whole');
    const parts = await losses('parts', '--micro-batch', '4');
    expect(parts).toHaveLength(12);
    parts.forEach((loss, i) => {
      expect(loss).toBeCloseTo(whole[i]!, 3);
    });
    const little = await ebmc([...train, '--backend', 'tensorflow', '--memory', '0.000001'], { cwd: folder });
    expect(little.status).toBe(1);
    expect(little.stderr).toContain('EBM5016');
  });

  const inFloat16 = ['--backend', 'tensorflow', '--set', 'train.precision=fp16'];

  test('float16 trains as float32 does, steps that overflow are left out, and each stage begins with the same scale', async () => {
    const folder = folderWith({
      ...tinyFiles(),
      // Its gradients are some hundred times too large for the scale that training begins with.
      'steep.ebm': tinyProgram
        .replace('contrast: nt_xent', 'contrast: 2000 * nt_xent')
        .replace('on pictures.train', 'on pictures.train then pictures.train'),
    });
    const trained = async (file: string, out: string, ...options: string[]) => {
      const result = await ebmc(['train', file, '--no-evaluate', '--out', out, ...options], { cwd: folder });
      expect(result.status, result.stderr).toBe(0);
      return readMetrics(join(folder, out, metricsName));
    };
    const wide = await trained('tiny.ebm', 'wide', '--backend', 'tensorflow');
    const narrow = await trained('tiny.ebm', 'narrow', ...inFloat16);
    expect(narrow.map(({ others }) => others['gauge.skipped'])).not.toContain(1);
    for (const [i, { loss }] of narrow.entries()) expect(loss).toBeCloseTo(wide[i]!.loss, 2);
    const steep = await trained('steep.ebm', 'steep', ...inFloat16);
    const skipped = steep.filter(({ others }) => others['gauge.skipped'] === 1).length;
    const last = steep.at(-1)!.others;
    expect(skipped).toBeGreaterThan(0);
    // Half of them in each stage.
    expect(last).toEqual({ 'gauge.loss_scale': 65536 / 2 ** (skipped / 2), 'gauge.skipped': 0 });
    expect(steep.at(-1)!.loss).toBeLessThan(steep[0]!.loss);
    const again = steep.findIndex(({ epoch }) => epoch === 3);
    expect(steep[again]!.others).toEqual({ 'gauge.loss_scale': 65536, 'gauge.skipped': 1 });
  });

  test.each([
    ['is not a number', 'f(sqrt(flat(x) - 0.5))', '`sqrt` (broken.ebm:'],
    ['is beyond float16', 'f(1e7 * flat(x))', '`contract` in f/linear_1 ('],
  ])('what no scale helps stops with the operation: what %s', async (_, text, operation) => {
    const folder = folderWith({
      ...tinyFiles(),
      'broken.ebm': tinyProgram.replace('= mean_square(f(flat(x)),', `= mean_square(${text},`),
    });
    const args = ['train', 'broken.ebm', '--no-evaluate', '--set', 'train.epochs=4', '--out', 'broken', ...inFloat16];
    const { status, stderr } = await ebmc(args, { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).toContain('EBM5001');
    expect(stderr).toContain(operation);
    const steps = await readMetrics(join(folder, 'broken', metricsName));
    expect(steps.map(({ others }) => others['gauge.loss_scale'])).toEqual(
      Array.from({ length: 16 }, (_, k) => 2 ** (16 - k)),
    );
  });

  test('a run that was killed goes on bit for bit', { retry: 2 }, async () => {
    const folder = folderWith(tinyFiles());
    // An epoch is 6 steps, and a checkpoint.
    const args = [...train, '--backend', 'tensorflow', '--set', 'train.epochs=60'];
    let killed = false;
    const stopped = await ebmc([...args, '--out', 'killed'], {
      cwd: folder,
      onStderr: (text, kill) => {
        if (killed || !/step \d+\/360/.test(text)) return;
        killed = true;
        setTimeout(() => kill('SIGKILL'), 150);
      },
    });
    expect(stopped.status).toBeNull();
    const before = await loadCheckpoint(join(folder, 'killed'));
    expect(before.manifest.step).toBeLessThan(360);
    const resumed = await ebmc([...args, '--out', 'killed', '--resume'], { cwd: folder });
    expect(resumed.status).toBe(0);
    const whole = await ebmc([...args, '--out', 'whole'], { cwd: folder });
    expect(whole.status).toBe(0);
    const [left, right] = [await loadCheckpoint(join(folder, 'killed')), await loadCheckpoint(join(folder, 'whole'))];
    expect(left.manifest.step).toBe(360);
    expect(left.states).toEqual(right.states);
    // TensorFlow's threads may sum what is only reported in another order.
    const [resumedLosses, wholeLosses] = [lossesOf(join(folder, 'killed')), lossesOf(join(folder, 'whole'))];
    expect(resumedLosses).toHaveLength(360);
    for (const [i, loss] of resumedLosses.entries()) expect(loss).toBeCloseTo(wholeLosses[i]!, 5);
  });

  test('--profile says where the time went', async () => {
    const folder = folderWith(tinyFiles());
    const args = [...train, '--backend', 'tensorflow', '--profile', '--out', 'run'];
    const { status, stdout } = await ebmc(args, { cwd: folder });
    expect(status).toBe(0);
    expect(stdout).toMatch(/waiting for data +[\d.]+ s/);
    expect(stdout).toMatch(/steps +[\d.]+ s/);
    expect(stdout).toMatch(/operation +calls +time/);
    const { traceEvents } = JSON.parse(readFileSync(join(folder, 'run', 'trace.json'), 'utf8')) as {
      traceEvents: { cat?: string }[];
    };
    expect(traceEvents.filter(({ cat }) => cat === 'step')).toHaveLength(12);
  });
});

function lossesOf(run: string): number[] {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { loss: number }).loss);
}
