/**
 * A training step of every example whose loss lightly has, against lightly's in PyTorch: the same networks, batch and optimizer, step by
 * step in turns. Ours makes its views within the step; PyTorch is given them, or makes them with torchvision.
 * `node bench/run.js methods [NAME …]`; without names the table is written into docs/performance.md.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { selectBackend, tensorflowVersion } from '../src/runtime/backends/index.js';
import { ours, Torch } from './contenders.js';
import { best, inTurns, machine, median, writeBetweenMarks } from './table.js';

const methods = ['simclr', 'barlow_twins', 'vicreg', 'simsiam', 'byol', 'moco', 'tico', 'swav', 'dino'] as const;
const rounds = Number(process.env['ROUNDS'] ?? 15);
const root = process.env['EBMC_ROOT'] ?? process.cwd();
const names = process.argv.slice(3);

if (!existsSync(join(root, '.venv/bin/python'))) throw new Error('no PyTorch: test/reference/setup.sh installs it');
await selectBackend('tensorflow');
const torch = new Torch(root);
const rows: string[] = [];
const describe = machine();
for (const method of methods.filter((name) => names.length === 0 || names.includes(name))) {
  const contenders = [
    await ours(`example-${method}`, 'tensorflow'),
    await torch.contender(`example-${method}`, 'eager'),
    await torch.contender(`example-${method}`, 'views'),
  ];
  const times = await inTurns(contenders, rounds);
  for (const contender of contenders) contender.close();
  const [own, given, made] = times as unknown as readonly [readonly number[], readonly number[], readonly number[]];
  const numbers = [own, given, made].flatMap((all) => [best(all).toFixed(1), median(all).toFixed(1)]);
  const ratios = [given, made].flatMap((all) => [best(all) / best(own), median(all) / median(own)]);
  rows.push(`| ${[method, ...numbers, ...ratios.map((ratio) => ratio.toFixed(2))].join(' | ')} |`);
  console.log(rows.at(-1));
}
torch.close();
const text = [
  describe([`TensorFlow ${tensorflowVersion}`, `PyTorch ${torch.version}`]),
  '',
  '| step, batch 128, 28 × 28 | ebmc best, ms | median | lightly, views given: best | median | torchvision in the step: best | median | views given, slower than ebmc by best | by median | in the step, slower by best | by median |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...rows,
].join('\n');
console.log(text);
if (names.length === 0) writeBetweenMarks(join(root, 'docs/performance.md'), 'methods', text);
