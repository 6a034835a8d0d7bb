/**
 * The first steps of models on a GPU against the same on the processor, each in a process of its own: losses, states, and how long they take.
 * `node bench/run.js devices [NAME …]`, names as in bench/models/ or `example-NAME`, with `-bf16` or `-fp16` for those precisions; all example files without names.
 * TensorFlow's own switches hold: `NVIDIA_TF32_OVERRIDE=0` for products in float32 alone, `TF_XLA_FLAGS`. `WITHOUT_CPU=1` takes the GPU's steps only.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { selectBackend, usesGpu } from '../src/runtime/backends/index.js';
import { compileBenchmark, loadBenchmark, type Precision, someBatch } from './contenders.js';
import { median } from './table.js';

interface Outcome {
  readonly name: string;
  readonly gpu: boolean;
  readonly losses: readonly number[];
  /** Seconds, from the source on. */
  readonly firstStep: number;
  /** Milliseconds, the median of those behind the compared ones. */
  readonly step: number;
  /** A file of all states behind the compared steps, float32. */
  readonly states: string;
  readonly error?: string;
}

const [compared, timed] = [3, Number(process.env['ROUNDS'] ?? 10)];
const root = process.env['EBMC_ROOT'] ?? process.cwd();
const given = process.argv.slice(3);
const names =
  given.length > 0
    ? given
    : readdirSync(join(root, 'examples'))
        .filter((file) => file.endsWith('.ebm'))
        .map((file) => `example-${file.slice(0, -'.ebm'.length)}`);

if (process.env['DEVICES_FOLDER']) await takeSteps(process.env['DEVICES_FOLDER']);
else await compare();

async function takeSteps(folder: string): Promise<void> {
  await selectBackend('tensorflow');
  for (const name of names) console.log(JSON.stringify(await outcomeOf(name, folder)));
  process.exit(0);
}

async function outcomeOf(name: string, folder: string): Promise<Outcome> {
  const nothing: Outcome = { name, gpu: usesGpu(), losses: [], firstStep: Number.NaN, step: Number.NaN, states: '' };
  try {
    const start = performance.now();
    const [, model = name, precision = 'float32'] = /^(.*?)-(bf16|fp16)$/.exec(name) ?? [];
    const { program, typed } = compileBenchmark(model, 'tensorflow', precision as Precision);
    const loaded = await loadBenchmark(program, 'tensorflow');
    const batch = someBatch(loaded, typed);
    const losses: number[] = [];
    let firstStep = 0;
    for (let i = 0; i < compared; i++) {
      losses.push((await loaded.step(batch, 1e-3))['loss'] ?? Number.NaN);
      if (i === 0) firstStep = (performance.now() - start) / 1000;
    }
    const states = join(folder, `${name}-${usesGpu() ? 'gpu' : 'cpu'}.bin`);
    const values = Object.entries(await loaded.read()).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(states, Buffer.concat(values.map(([, { data }]) => Buffer.from(Float32Array.from(data).buffer))));
    const times: number[] = [];
    for (let i = 0; i < timed; i++) {
      const before = performance.now();
      await loaded.step(batch, 1e-3);
      times.push(performance.now() - before);
    }
    loaded.dispose();
    return { ...nothing, losses, firstStep, step: median(times), states };
  } catch (error) {
    return { ...nothing, error: String(error).split('\n')[0] ?? '' };
  }
}

async function compare(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-devices-'));
  const alone = process.env['WITHOUT_CPU'] === '1';
  const results = new Map<string, Outcome[]>();
  const show = (outcome: Outcome): void => {
    const both = [...(results.get(outcome.name) ?? []), outcome];
    results.set(outcome.name, both);
    if (both.length === (alone ? 1 : 2)) console.log(rowOf(both));
  };
  console.log('model | loss on the GPU | relative difference, states | first step, s: GPU, CPU | step, ms: GPU, CPU');
  const processes = [run(folder, {}, show), ...(alone ? [] : [run(folder, { CUDA_VISIBLE_DEVICES: '-1' }, show)])];
  await Promise.all(processes);
}

function run(folder: string, env: Readonly<Record<string, string>>, show: (outcome: Outcome) => void): Promise<void> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), 'devices', ...names], {
    env: { ...process.env, ...env, DEVICES_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  createInterface(child.stdout).on('line', (line) => show(JSON.parse(line) as Outcome));
  return new Promise((resolve) =>
    child.on('exit', (status) => {
      if (status !== 0) console.log(`a process ended with status ${status}`);
      resolve();
    }),
  );
}

function rowOf(outcomes: readonly Outcome[]): string {
  const [one, other = one] = [...outcomes].sort((a, b) => Number(b.gpu) - Number(a.gpu));
  if (one === undefined || other === undefined) return '';
  if (one.error !== undefined || other.error !== undefined) return `${one.name} | ${one.error ?? other.error}`;
  const losses = one.losses.map((loss, i) => relative([loss], [other.losses[i] ?? Number.NaN]).toExponential(1));
  const states = relative(numbersOf(one.states), numbersOf(other.states)).toExponential(1);
  const place = outcomes.map(({ gpu }) => (gpu ? 'GPU' : 'CPU')).join('+');
  return [
    `${one.name} (${place})`,
    one.losses.map((loss) => loss.toPrecision(7)).join(' '),
    `${losses.join(' ')}, ${states}`,
    `${one.firstStep.toFixed(1)}, ${other.firstStep.toFixed(1)}`,
    `${one.step.toFixed(2)}, ${other.step.toFixed(2)}`,
  ].join(' | ');
}

/** How far one is from the other, of the other's length. */
function relative(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let [distance, length] = [0, 0];
  for (let i = 0; i < other.length; i++) {
    distance += ((one[i] ?? Number.NaN) - (other[i] ?? 0)) ** 2;
    length += (other[i] ?? 0) ** 2;
  }
  return Math.sqrt(distance / length);
}

function numbersOf(file: string): Float32Array {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
