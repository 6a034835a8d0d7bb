/**
 * Examples a second of our loader against torchvision's: the same JPEG files, as many workers as there are cores on both sides, passes over
 * the data in turns in one run. `node bench/run.js loader`; PYTHON names the Python, ROUNDS and COUNT change rounds and files.
 * Decoded: scaled to cover the square, cut to it, as numbers in 0..1. With views: two random crops with flips and colours of each example,
 * here by the compiled program on the native backend after the pictures are scaled to 4/3 of the size, there by its workers on the whole pictures.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import sharp from 'sharp';
import { checkFile, compileModel, optimizeProgram } from '../src/compiler/index.js';
import { emitTensorflow } from '../src/compiler/targets/tensorflow/emit.js';
import { viewsAsRepresentation } from '../src/compiler/views-as-representation.js';
import { loadTfjsNode, selectBackend } from '../src/runtime/backends/index.js';
import { loadSavedModel } from '../src/runtime/backends/load-saved-model.js';
import { batches, type Dataset, openDataset, stepsPerEpoch } from '../src/runtime/data/index.js';
import { FileLibrary } from '../src/runtime/library.js';

const count = Number(process.env['COUNT'] ?? 2048);
const rounds = Number(process.env['ROUNDS'] ?? 5);
const [size, batch, workers] = [96, 64, availableParallelism()];
const root = process.env['EBMC_ROOT'] ?? process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'ebmc-loader-'));
try {
  await writePictures();
  console.log(
    `${cpus()[0]?.model.trim()}, ${workers} cores; ${count} JPEG files of 320 × 240; batches of ${batch} at ${size} × ${size}`,
  );
  await compare('decoded', 0, size, undefined);
  await compare('with two views', 2, (size * 4) / 3, await viewsProgram());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

/** Smooth noise: JPEG of about the size of a photograph's. */
async function writePictures(): Promise<void> {
  for (const name of ['a', 'b']) mkdirSync(join(folder, name));
  for (let i = 0; i < count; i++) {
    const noise = (sigma: number) => ({
      create: {
        width: 320,
        height: 240,
        channels: 3 as const,
        background: '#000',
        noise: { type: 'gaussian' as const, mean: 128, sigma },
      },
    });
    const base = await sharp({
      create: {
        width: 20,
        height: 15,
        channels: 3,
        background: '#000',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    })
      .png()
      .toBuffer();
    const coarse = await sharp(base).resize(320, 240, { fit: 'fill', kernel: 'cubic' }).png().toBuffer();
    const fine = await sharp(noise(20)).blur(1).png().toBuffer();
    await sharp(coarse)
      .composite([{ input: fine, blend: 'soft-light' }])
      .jpeg({ quality: 90 })
      .toFile(join(folder, i % 2 ? 'a' : 'b', `${i}.jpg`));
  }
}

async function compare(title: string, views: number, side: number, represent: Views | undefined): Promise<void> {
  const span = { source: { path: 'bench', text: '' }, start: 0, end: 0 };
  const fields = [{ name: 'x', type: 'Image' as const, shape: [side, side, 3], span }];
  const args = { '0': `${folder}/**`, resize: true, keep: false, test: 0 };
  const data = await openDataset(
    { name: 'bench', loader: 'images', args, fields, span },
    { baseDirectory: '.', strict: true, warn: () => {} },
  );
  const torch = await startTorch(views);
  const speeds: { ours: number[]; torch: number[] } = { ours: [], torch: [] };
  await pass(data, represent, -1);
  for (let round = 0; round < rounds; round++) {
    speeds.ours.push(await pass(data, represent, round));
    speeds.torch.push(await torch.pass());
  }
  torch.stop();
  const [mine, theirs] = [median(speeds.ours), median(speeds.torch)];
  console.log(
    `${title}: ours ${mine.toFixed(0)} examples/s, torchvision ${theirs.toFixed(0)} with ${workers} workers, ratio ${(mine / theirs).toFixed(2)} (load ${loadavg()[0]!.toFixed(1)})`,
  );
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

type Views = (batch: Parameters<Awaited<ReturnType<typeof loadSavedModel>>['represent']>[0]) => Promise<unknown>;

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
  const { model } = viewsAsRepresentation(typed)!;
  const program = optimizeProgram(
    compileModel(model, { optimizer: { name: 'sgd', settings: { rate: 0.1, momentum: 0, decay: 0 } } }, 'tensorflow'),
    'tensorflow',
  );
  const directory = mkdtempSync(join(tmpdir(), 'ebmc-bench-'));
  const loaded = await loadSavedModel(program, emitTensorflow(program), loadTfjsNode(), { directory });
  await loaded.init(0);
  return (read) => loaded.represent(read);
}

async function startTorch(views: number): Promise<{ pass(): Promise<number>; stop(): void }> {
  const python = process.env['PYTHON'] ?? join(root, '.venv/bin/python');
  const args = [join(root, 'bench/loader_torch.py'), folder, size, views, workers, batch].map(String);
  const child: ChildProcess = spawn(python, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  await lines.next();
  return {
    async pass() {
      child.stdin!.write('\n');
      return Number((await lines.next()).value);
    },
    stop: () => child.kill(),
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
