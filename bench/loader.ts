/**
 * Examples a second of our loader against torchvision's: the same JPEG files, as many workers as there are cores on both sides, passes over
 * the data in turns in one run. `node bench/run.js loader` writes docs/performance.md too; PYTHON names the Python, ROUNDS and COUNT change rounds and files, ONLY takes
 * the rows whose name has a word.
 * Decoded: scaled to cover the square, cut to it, as numbers in 0..1. With views: two random crops with flips and colours of each example,
 * here by a training step of next to nothing else on the native backend, after the pictures are scaled to 4/3 of the size, there by its workers on the whole pictures.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { checkFile, compileModel, optimizeProgram } from '../src/compiler/index.js';
import { emitTensorflow } from '../src/compiler/targets/tensorflow/emit.js';
import { loadTfjsNode, selectBackend } from '../src/runtime/backends/index.js';
import { loadSavedModel } from '../src/runtime/backends/load-saved-model.js';
import { batches, type Dataset, openDataset, stepsPerEpoch } from '../src/runtime/data/index.js';
import { FileLibrary } from '../src/runtime/library.js';
import type { Batch } from '../src/runtime/model.js';
import { python } from './contenders.js';
import { machine, median, writeBetweenMarks } from './table.js';

const count = Number(process.env['COUNT'] ?? 1024);
const rounds = Number(process.env['ROUNDS'] ?? 5);
const [size, batch, workers] = [96, 64, availableParallelism()];
const root = process.env['EBMC_ROOT'] ?? process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'ebmc-loader-'));
const describe = machine();
const rows: string[] = [];
let torchVersion = '';
try {
  for (const [width, height] of [
    [320, 240],
    [640, 480],
  ] as const) {
    await writePictures(join(folder, `${width}`), width, height);
    await compare(`${width} × ${height}, decoded each time`, `${width}`, 0, size, undefined, false);
  }
  // Small ones are many where they are used, and JavaScript is fast from the second thousand on.
  await writePictures(join(folder, '32'), 32, 32, 'png', 8 * count);
  await compare('32 × 32 PNG, eight times as many, not scaled, decoded each time', '32', 0, 32, undefined, false);
  await compare('320 × 240, decoded each time, two views', '320', 2, (size * 4) / 3, await viewsProgram(), false);
  await compare('320 × 240, kept in memory (what holds unless `keep: false` is said)', '320', 0, size, undefined, true);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const text = [
  `${describe([`sharp ${sharp.versions.sharp}`, torchVersion])} ${count} files a row, JPEG where nothing else is said, batches of ${batch}, scaled and cut to ${size} × ${size}, ${workers} workers, ${rounds} passes each.`,
  '',
  '| pictures | ebmc, examples/s: best | median | torchvision: best | median | times as many by best | by median |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...rows,
].join('\n');
console.log(text);
if (process.env['COUNT'] === undefined && process.env['ONLY'] === undefined)
  writeBetweenMarks(join(root, 'docs/performance.md'), 'loader', text);
process.exit(0);

/** Smooth noise, with fine noise over it: JPEG of about the size of a photograph's. */
async function writePictures(
  to: string,
  width: number,
  height: number,
  format: 'jpeg' | 'png' = 'jpeg',
  files = count,
): Promise<void> {
  for (const name of ['a', 'b']) mkdirSync(join(to, name), { recursive: true });
  const noise = (w: number, h: number, sigma: number) => ({
    create: {
      width: w,
      height: h,
      channels: 3 as const,
      background: '#000',
      noise: { type: 'gaussian' as const, mean: 128, sigma },
    },
  });
  const fine = await sharp(noise(width, height, 20))
    .blur(1)
    .png()
    .toBuffer();
  for (let i = 0; i < files; i++) {
    const base = await sharp(noise(20, 15, 60))
      .png()
      .toBuffer();
    await sharp(base)
      .resize(width, height, { fit: 'fill', kernel: 'cubic' })
      .composite([{ input: fine, blend: 'soft-light' }])
      .removeAlpha()
      .toFormat(format, format === 'jpeg' ? { quality: 90 } : {})
      .toFile(join(to, i % 2 ? 'a' : 'b', `${i}.${format}`));
  }
}

async function compare(
  title: string,
  pictures: string,
  views: number,
  side: number,
  represent: Views | undefined,
  keep: boolean,
): Promise<void> {
  if (!title.includes(process.env['ONLY'] ?? '')) return;
  const span = { source: { path: 'bench', text: '' }, start: 0, end: 0 };
  const fields = [{ name: 'x', type: 'Image' as const, shape: [side, side, 3], span }];
  const args = { '0': `${join(folder, pictures)}/**`, resize: true, keep, cache: false, test: 0 };
  const data = await openDataset(
    { name: 'bench', loader: 'images', args, fields, span },
    { baseDirectory: '.', strict: true, warn: () => {} },
  );
  const torch = await startTorch(pictures, views, views === 0 ? side : size);
  const [ours, theirs]: [number[], number[]] = [[], []];
  await pass(data, represent, -1);
  for (let round = 0; round < rounds; round++) {
    ours.push(await pass(data, represent, round));
    theirs.push(await torch.pass());
  }
  torch.stop();
  const speeds = [ours, theirs].flatMap((all) => [Math.max(...all), median(all)]);
  const [ourBest = 0, ourMedian = 0, theirBest = 0, theirMedian = 0] = speeds;
  const ratios = [ourBest / theirBest, ourMedian / theirMedian].map((ratio) => ratio.toFixed(2));
  rows.push(`| ${[title, ...speeds.map((speed) => speed.toFixed(0)), ...ratios].join(' | ')} |`);
  console.log(`${rows.at(-1)} (load ${loadavg()[0]!.toFixed(1)})`);
}

/** An epoch; returns examples a second. */
async function pass(data: Dataset, represent: Views | undefined, seed: number): Promise<number> {
  const steps = stepsPerEpoch(data.size('train'), batch);
  const started = performance.now();
  for await (const { data: read } of batches(data, {
    split: 'train',
    batch,
    seed: seed + 1,
    firstStep: 0,
    steps,
    fields: ['x'],
  }))
    await represent?.(read);
  return (1000 * steps * batch) / (performance.now() - started);
}

type Views = (batch: Batch) => Promise<unknown>;

async function viewsProgram(): Promise<Views> {
  const side = (size * 4) / 3;
  const text = `use std.vision { random_resized_crop, flip, color_jitter, grayscale }
use std.energies { mean_square }
use std.layers { linear }
use std.regularizers { variance }
fn views(x) = x |> random_resized_crop(${size}) |> flip |> sometimes_jittered |> grayscale
fn sometimes_jittered(x) = where(uniform([]) < 0.8, color_jitter(x, 0.4, 0.4, 0.4, 0.1), x)
model M {
  data x: Image[${side}, ${side}, 3]
  view a, b of x = views()
  encoder f = linear(2)
  energy E(u, v) = mean_square(f(mean(u, keep: 2)), f(mean(v, keep: 2)))
  minimize {
    e: E(a, b)
    spread: variance(f(mean(a, keep: 2))) + variance(f(mean(b, keep: 2)))
  }
  representation f(mean(x, keep: 2))
}`;
  await selectBackend('tensorflow');
  const checked = checkFile({ path: 'bench.ebm', text }, new FileLibrary('bench.ebm'), { train: { batch } });
  const [typed] = checked.models;
  if (!typed) throw new Error(checked.diagnostics.map(({ message }) => message).join('\n'));
  const program = optimizeProgram(
    compileModel(typed, { optimizer: { name: 'sgd', settings: { rate: 0.1, momentum: 0, decay: 0 } } }, 'tensorflow'),
    'tensorflow',
  );
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-bench-'));
  const loaded = await loadSavedModel(program, emitTensorflow(program, { fused: true }), loadTfjsNode(), { directory });
  await loaded.init(0);
  return (read) => loaded.step(read, 0.1);
}

async function startTorch(
  pictures: string,
  views: number,
  to: number,
): Promise<{ pass(): Promise<number>; stop(): void }> {
  const args = [join(root, 'bench/loader_torch.py'), join(folder, pictures), to, views, workers, batch].map(String);
  const child: ChildProcess = spawn(python, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  torchVersion = String((await lines.next()).value);
  return {
    async pass() {
      child.stdin!.write('\n');
      return Number((await lines.next()).value);
    },
    stop: () => child.kill(),
  };
}
