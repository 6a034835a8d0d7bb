/**
 * A training step of ours against PyTorch's and against tfjs op by op: the same model, batch and optimizer, step by step in turns in
 * one run. `node bench/run.js performance [simclr mae …]`; writes docs/performance.md when all models are run.
 */
import { existsSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { selectBackend } from '../src/runtime/backends/index.js';
import { type Contender, ours, Torch } from './contenders.js';

const rounds = Number(process.env['ROUNDS'] ?? 9);
const root = process.env['EBMC_ROOT'] ?? process.cwd();
const names = process.argv.slice(3);
const models = names.length > 0 ? names : ['simclr', 'simclr-resnet18', 'mae'];
await selectBackend('tensorflow');
const torch = existsSync(join(root, '.venv/bin/python')) ? new Torch(root) : undefined;

console.log(`${cpus()[0]?.model}, ${cpus().length} threads; load ${loadavg()[0]?.toFixed(1)}; Node ${process.version}`);
for (const model of models) {
  const contenders: Contender[] = [await ours(model, 'tensorflow')];
  if (process.env['TFJS'] !== '0') contenders.push(await ours(model, 'tfjs'));
  if (torch) contenders.push(await torch.contender(model, 'eager'), await torch.contender(model, 'compile'));
  const times = contenders.map((): number[] => []);
  for (let round = 0; round < rounds + 2; round++) {
    for (const [i, contender] of contenders.entries()) {
      const time = await contender.step();
      // The first two warm up.
      if (round >= 2) times[i]?.push(time);
    }
  }
  const [first = []] = times;
  contenders.forEach(({ name, close }, i) => {
    const own = times[i] ?? [];
    const ratio = (pick: (t: readonly number[]) => number): string => (pick(own) / pick(first)).toFixed(2);
    console.log(
      `${model.padEnd(16)} ${name.padEnd(14)} best ${best(own).toFixed(0).padStart(6)} ms, median ${median(own).toFixed(0).padStart(6)} ms; against ebmc ${ratio(best)} (best), ${ratio(median)} (median)`,
    );
    close();
  });
}
torch?.close();

function best(times: readonly number[]): number {
  return Math.min(...times);
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}
