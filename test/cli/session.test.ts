/** Training from the command line: micro-batches, a kill, stages, a profile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCheckpoint } from '../../src/runtime/checkpoint/index.js';
import { manifestName } from '../../src/runtime/checkpoint/manifest.js';
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

test.each([
  ['as the second stage begins', (step: number) => step === 60],
  ['within the second stage', (step: number) => step >= 78],
] as const)('a run in stages that was killed %s goes on bit for bit', { retry: 2 }, async (_, isThere) => {
  const folder = folderWith({ ...tinyFiles(), 'stages.ebm': inStages });
  const args = ['train', 'stages.ebm', '--backend', 'wasm'];
  const out = join(folder, 'killed');
  let waiting: NodeJS.Timeout | undefined;
  const stopped = await ebmc([...args, '--out', 'killed'], {
    cwd: folder,
    onStderr: (_text, kill) => {
      waiting ??= setInterval(() => {
        if (isThere(savedStep(out))) kill('SIGKILL');
      }, 1);
    },
  });
  clearInterval(waiting);
  expect(stopped.status).toBeNull();
  expect(isThere(savedStep(out))).toBe(true);
  const resumed = await ebmc([...args, '--out', 'killed', '--resume'], { cwd: folder });
  expect(resumed.status).toBe(0);
  const whole = await ebmc([...args, '--out', 'whole'], { cwd: folder });
  expect(whole.status).toBe(0);
  const [left, right] = [await loadCheckpoint(out), await loadCheckpoint(join(folder, 'whole'))];
  expect(left.manifest.step).toBe(120);
  expect(left.manifest.order).toEqual(right.manifest.order);
  expect(left.states).toEqual(right.states);
  // What the second stage was trained with is what the first one left, and no longer that.
  expect(left.states['0/frozen/stage/importance']!.data.some((x) => x > 0)).toBe(true);
  expect(left.states['importance']).not.toEqual(left.states['0/frozen/stage/importance']);
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

/** Two stages with what outlives one: frozen copies, importances, a memory, epochs that begin with something. */
const inStages = `use std.energies { mean_square }
use std.layers { linear, batch_norm }
use std.regularizers { nt_xent }
use std.memory { blend, elastic, reservoir, drawn_row }

net both()(x: [d]) -> [8] = x |> linear(8) |> batch_norm

model Tiny(strength = 10.0) {
  data x: Image[8, 8, 1]
  let flat = reshape(x, [64])
  view a, b of flat = flat + 0.1 * normal([64])
  encoder f = both
  encoder old = frozen(f)
  energy E(u, v) = mean_square(f(u), f(v))
  let contrast = nt_xent(E, a, b, 0.5)
  state fisher = zeros(shape(parameters(f)))
  state importance = zeros(shape(parameters(f)))
  state memory = zeros([40, 64])
  state seen = 0.0
  state middle: [8] = zeros([8])
  let earlier = drawn_row(memory, among: seen)
  minimize {
    contrast: contrast
    kept: strength * elastic(parameters(f), parameters(old), frozen(importance))
    replay: where(stage() > 0, nt_xent(E, earlier, earlier + 0.1 * normal([64]), 0.5), 0)
    centred: 0.01 * mean_square(f(a), middle)
  }
  after step {
    fisher = blend(fisher, square(grad(batch.mean(contrast), f)), share: 0.9)
    importance = frozen(importance) + fisher
    memory = reservoir(memory, batch(flat), seen)
    seen = seen + size(batch(x), axis: 0)
  }
  before epoch { middle = mean(examples(f(flat), 20), axis: 0) }
  representation f(flat)
}

dataset pictures = idx("data") { x: Image[8, 8, 1], label: Class[2] }
dataset others = idx("data", filter: label >= 0) { x: Image[8, 8, 1], label: Class[2] }

train Tiny on pictures.train then others.train {
  epochs: 10
  batch: 16
}
`;

/** The step of the last checkpoint, 0 before there is one. */
function savedStep(run: string): number {
  try {
    return (JSON.parse(readFileSync(join(run, manifestName), 'utf8')) as { step: number }).step;
  } catch {
    return 0;
  }
}

function lossesOf(run: string): number[] {
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => (JSON.parse(line) as { loss: number }).loss);
}
