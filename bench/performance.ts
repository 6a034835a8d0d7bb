/**
 * A training step of ours against PyTorch's and against tfjs op by op: the same model, batch and optimizer, step by step in turns in
 * one run. `npm run bench` runs all models and writes docs/performance.md; `node bench/run.js performance simclr mae` prints some.
 * `TFJS=0` leaves tfjs out, `TORCH=eager` or `TORCH=compile,…` takes only those of PyTorch's, `ROUNDS=3` fewer steps.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { selectBackend, tensorflowVersion, usesGpu } from '../src/runtime/backends/index.js';
import {
  batch,
  type Contender,
  ours,
  type Precision,
  python,
  Torch,
  type TorchMode,
  torchNames,
} from './contenders.js';
import { best, inTurns, machine, median, writeBetweenMarks } from './table.js';

interface Row {
  readonly name: string;
  readonly model: string;
  readonly precision?: Precision;
  readonly title: string;
  readonly torch: readonly TorchMode[];
  /** Wanted ratios, by contender. */
  readonly goals: Readonly<Record<string, number>>;
}

const table: readonly Row[] = [
  {
    name: 'simclr',
    model: 'simclr',
    title: 'SimCLR, 4 × (conv, batch norm, relu) + mlp',
    torch: ['eager', 'compile'],
    goals: { 'PyTorch eager': 1.8, 'torch.compile': 1.25, 'tfjs op by op': 4 },
  },
  {
    name: 'simclr-views',
    model: 'simclr-views',
    title: 'the same with the published augmentations',
    torch: ['eager', 'workers'],
    goals: { 'PyTorch eager': 2, [torchNames.workers]: 2 },
  },
  {
    name: 'simclr-resnet18',
    model: 'simclr-resnet18',
    title: 'SimCLR, resnet18 (small stem)',
    torch: ['eager', 'compile'],
    goals: { 'PyTorch eager': 1.3, 'torch.compile': 1.1, 'tfjs op by op': 3 },
  },
  {
    name: 'mae',
    model: 'mae',
    title: 'MAE, ViT (dim 192, depth 6, 4-pixel patches)',
    torch: ['eager', 'compile'],
    goals: { 'PyTorch eager': 1, 'torch.compile': 1, 'tfjs op by op': 3 },
  },
  {
    name: 'simclr-bf16',
    model: 'simclr',
    precision: 'bf16',
    title: 'the first in bfloat16',
    torch: ['eager-bf16', 'compile-bf16'],
    goals: { 'PyTorch eager, autocast': 1.3, 'torch.compile, autocast': 1.1 },
  },
  {
    name: 'mae-bf16',
    model: 'mae',
    precision: 'bf16',
    title: 'MAE in bfloat16',
    torch: ['eager-bf16', 'compile-bf16'],
    goals: { 'PyTorch eager, autocast': 1.3, 'torch.compile, autocast': 1.2 },
  },
];

/** On a GPU, PyTorch compiles with CUDA graphs too. */
const withGraphs: Readonly<Partial<Record<TorchMode, readonly TorchMode[]>>> = {
  compile: ['compile-graphs'],
  'compile-bf16': ['compile-graphs-bf16'],
};

const rounds = Number(process.env['ROUNDS'] ?? 9);
const chosen = process.env['TORCH']?.split(',');
const root = process.env['EBMC_ROOT'] ?? process.cwd();
const names = process.argv.slice(3);
const rows = names.length > 0 ? table.filter(({ name }) => names.includes(name)) : table;
await selectBackend('tensorflow');
const torch = existsSync(python) ? new Torch(root) : undefined;
if (!torch) console.log('no PyTorch: test/reference/setup.sh installs it');

const describe = machine();
const lines: string[] = [];
for (const row of rows) {
  const measured = await measure(row);
  console.log(measured.join('\n'));
  lines.push(...measured);
}
torch?.close();
const text = [
  describe([
    ...(torch?.device ? [torch.device] : []),
    `TensorFlow ${tensorflowVersion}`,
    ...(torch ? [`PyTorch ${torch.version}`] : []),
  ]),
  '',
  `| step, batch ${batch} × 2, 32 × 32, float32 | | best, ms | median, ms | slower than ebmc by best | by median | wanted |`,
  '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
  ...lines,
].join('\n');
console.log(text);
if (names.length === 0)
  writeBetweenMarks(join(root, 'docs/performance.md'), usesGpu() ? 'steps on a GPU' : 'steps', text);

function milliseconds(time: number): string {
  return time.toFixed(time < 20 ? 2 : 0);
}

async function measure({ model, precision, title, torch: modes, goals }: Row): Promise<string[]> {
  const own = await ours(model, 'tensorflow', precision);
  const contenders: Contender[] = [own];
  const failures: string[] = [];
  if (process.env['TFJS'] !== '0' && precision === undefined) contenders.push(await ours(model, 'tfjs'));
  const here = modes.flatMap((mode) => (usesGpu() ? [mode, ...(withGraphs[mode] ?? [])] : [mode]));
  for (const mode of torch ? here.filter((mode) => chosen?.includes(mode) ?? true) : [])
    await torch!.contender(model, mode).then(
      (contender) => contenders.push(contender),
      (error: Error) => failures.push(`|  | ${error.message} | | | | | |`),
    );
  const times = await inTurns(contenders, rounds);
  const first = times[0]!;
  const lines = contenders.map(({ name, close }, i) => {
    close();
    const all = times[i]!;
    const ratio = (pick: (t: readonly number[]) => number): string =>
      i === 0 ? '' : (pick(all) / pick(first)).toFixed(2);
    const label = i === 0 ? `${title}; first step ${(own.firstStep / 1000).toFixed(1)} s` : '';
    const goal = goals[name] === undefined ? '' : `≥ ${goals[name]}`;
    const numbers = [milliseconds(best(all)), milliseconds(median(all)), ratio(best), ratio(median), goal];
    return `| ${label} | ${name} | ${numbers.join(' | ')} |`;
  });
  return [...lines, ...failures];
}
