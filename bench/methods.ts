/**
 * A training step of example files against the same in PyTorch, as the library that people take for it writes it: the same networks, batch
 * and optimizer, step by step in turns. Ours makes its views and masks within the step; PyTorch is given views, or makes them with torchvision.
 * `node bench/run.js methods [NAME …]`; without names the table is written into docs/performance.md.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { selectBackend, tensorflowVersion } from '../src/runtime/backends/index.js';
import { ours, python, Torch } from './contenders.js';
import { best, inTurns, machine, median, writeBetweenMarks } from './table.js';

interface Method {
  readonly name: string;
  /** Whose code, or whose building blocks, PyTorch's step is made of. */
  readonly reference: 'lightly' | 'open_clip' | 'transformers' | 'torch.nn';
  /** Whether PyTorch's views can be made in the step as well. */
  readonly hasViews?: boolean;
}

const lightly = { reference: 'lightly', hasViews: true } as const;
const methods: readonly Method[] = [
  { name: 'simclr', ...lightly },
  { name: 'barlow_twins', ...lightly },
  { name: 'vicreg', ...lightly },
  { name: 'simsiam', ...lightly },
  { name: 'byol', ...lightly },
  { name: 'moco', ...lightly },
  { name: 'tico', ...lightly },
  { name: 'swav', ...lightly },
  { name: 'dino', ...lightly },
  { name: 'w_mse', ...lightly },
  { name: 'mmcr', ...lightly },
  { name: 'clip', reference: 'open_clip' },
  { name: 'siglip', reference: 'open_clip' },
  { name: 'mae', reference: 'torch.nn' },
  { name: 'simmim', reference: 'torch.nn' },
  { name: 'data2vec', reference: 'torch.nn' },
  { name: 'ijepa', reference: 'torch.nn' },
  { name: 'bert', reference: 'transformers' },
  { name: 'gpt', reference: 'transformers' },
  { name: 't5', reference: 'torch.nn' },
  { name: 'vae', reference: 'torch.nn' },
  { name: 'vq_vae', reference: 'torch.nn' },
  { name: 'wgan_gp', reference: 'torch.nn' },
  { name: 'denoising_score_matching', reference: 'torch.nn' },
  { name: 'world', reference: 'torch.nn' },
];
const rounds = Number(process.env['ROUNDS'] ?? 15);
const root = process.env['EBMC_ROOT'] ?? process.cwd();
const names = process.argv.slice(3);

if (!existsSync(python)) throw new Error('no PyTorch: test/reference/setup.sh installs it');
await selectBackend('tensorflow');
const torch = new Torch(root);
const describe = machine();

/** The networks are the same: what they train differs by no more than a table of one or two rows. */
function requireSameSize(name: string, own: number, theirs: number): void {
  if (Math.abs(own - theirs) > 0.01 * own)
    throw new Error(`${name}: ${own} parameters here, ${theirs} in PyTorch: other networks`);
}

async function rowOf({ name, reference, hasViews = false }: Method): Promise<string> {
  const own = await ours(`example-${name}`, 'tensorflow');
  const given = await torch.contender(`example-${name}`, 'eager');
  requireSameSize(name, own.parameters, given.parameters);
  const made = hasViews ? [await torch.contender(`example-${name}`, 'views')] : [];
  const contenders = [own, given, ...made];
  const [first, ...others] = await inTurns(contenders, rounds);
  for (const contender of contenders) contender.close();
  const numbers = (times: readonly number[]): string[] => [best(times).toFixed(1), median(times).toFixed(1)];
  const ratios = (times: readonly number[]): string[] =>
    [best(times) / best(first!), median(times) / median(first!)].map((ratio) => ratio.toFixed(2));
  const theirs = others.flatMap((times) => [...numbers(times), ...ratios(times)]);
  return `| ${[name, String(own.batch), ...numbers(first!), reference, ...theirs, ...(hasViews ? [] : ['', '', '', ''])].join(' | ')} |`;
}

const rows: string[] = [];
for (const method of methods.filter(({ name }) => names.length === 0 || names.includes(name))) {
  rows.push(await rowOf(method));
  console.log(rows.at(-1));
}
torch.close();
const text = [
  describe([`TensorFlow ${tensorflowVersion}`, `PyTorch ${torch.version}`]),
  '',
  '| step | batch | ebmc best, ms | median | PyTorch with | best | median | slower than ebmc by best | by median | torchvision in the step: best | median | slower by best | by median |',
  '| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...rows,
].join('\n');
console.log(text);
if (names.length === 0) writeBetweenMarks(join(root, 'docs/performance.md'), 'methods', text);
