/**
 * What it takes to give a native session a batch of pictures, against the step that is taken with them: the batch put together from the data set's bytes, and
 * handed over. Both would be gone, at best, if the session held the data set and were given indices. `node bench/run.js feeding`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFile, compileModel, optimizeProgram } from '../src/compiler/index.js';
import { selectBackend } from '../src/runtime/backends/index.js';
import { openDataset } from '../src/runtime/data/index.js';
import { FileLibrary } from '../src/runtime/library.js';
import type { Batch } from '../src/runtime/model.js';
import { adamw, loadBenchmark } from './contenders.js';
import { best, inTurns, machine, median, writeBetweenMarks } from './table.js';

const rounds = Number(process.env['ROUNDS'] ?? 21);
const root = process.env['EBMC_ROOT'] ?? process.cwd();
const path = join(root, 'examples/simclr.ebm');
const text = readFileSync(path, 'utf8');

/** A step that reads one number of each picture: but for the pictures that it takes, it costs the same whatever their size. */
const reading = (side: number): string => `model Reading {
  data x: Image[${side}, ${side}, 1]
  param w: scalar = 1
  energy E(y) = square(w - y[0, 0, 0])
  minimize { distance: E(x) }
  representation reshape(w, [1])
}
`;

async function contender(source: string, batch: number, data: (size: number) => Promise<Batch> | Batch) {
  const checked = checkFile({ path, text: source }, new FileLibrary(path), { train: { batch }, analyses: false });
  const typed = checked.models[0];
  if (typed === undefined) throw new Error(checked.diagnostics.map((d) => d.message).join('\n'));
  const program = optimizeProgram(compileModel(typed, { optimizer: adamw }, 'tensorflow'), 'tensorflow');
  const model = await loadBenchmark(program, 'tensorflow');
  const x = await data(batch);
  return timed(() => model.step(x, 1e-3));
}

function timed(work: () => Promise<unknown>) {
  return {
    async step() {
      const start = performance.now();
      await work();
      return performance.now() - start;
    },
  };
}

await selectBackend('tensorflow');
const { datasets } = checkFile({ path, text }, new FileLibrary(path), { analyses: false });
const digits = await openDataset(datasets[0]!, {
  baseDirectory: join(root, 'examples'),
  strict: false,
  warn: () => {},
});
const read = (from: number, batch: number): Promise<Batch> =>
  digits.read(
    'train',
    Uint32Array.from({ length: batch }, (_, i) => (from + 37 * i) % digits.size('train')),
    ['x'],
    {
      ...{ seed: 0, epoch: 0 },
    },
  );
const describe = machine();
const rows: string[] = [];
for (const batch of [128, 512]) {
  const starts = Array.from({ length: rounds + 2 }, (_, i) => 41 * i).values();
  const blank: Batch = { x: { shape: [batch, 1, 1, 1], data: new Float32Array(batch) } };
  const times = await inTurns(
    [
      await contender(text, batch, (size) => read(0, size)),
      timed(() => read(starts.next().value ?? 0, batch)),
      await contender(reading(28), batch, (size) => read(0, size)),
      await contender(reading(1), batch, () => blank),
    ],
    rounds,
  );
  const [step, put, given, small] = times.map((all) => [best(all), median(all)] as const);
  const figures = [0, 1].map((i) => {
    const [whole, made, over] = [step![i]!, put![i]!, given![i]! - small![i]!];
    return [whole, made, over, (100 * (made + over)) / whole].map((value) => Number(value.toPrecision(2)));
  });
  rows.push(`| ${batch} | ${[0, 1, 2, 3].map((k) => figures.map((row) => row[k]).join(' / ')).join(' | ')} |`);
  console.log(rows.at(-1));
}
const table = [
  `${describe([])} Best / median of ${rounds}.`,
  '',
  '| batch of 28 × 28 | a step of simclr, ms | its batch put together, ms | handed over, ms | both, % of the step |',
  '| --- | ---: | ---: | ---: | ---: |',
  ...rows,
].join('\n');
console.log(table);
writeBetweenMarks(join(root, 'docs/performance.md'), 'feeding', table);
