/** GPT and BERT learn Moby Dick: after a few seconds their loss is below what the frequencies of tokens alone allow. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { FileLibrary } from '../../src/runtime/library.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const native = process.env['EBMC_TEST_NATIVE'] !== '0';

/** Nats a token, where only the frequencies of tokens are known. */
async function unigramEntropy(file: string): Promise<number> {
  const source = { path: file, text: readFileSync(file, 'utf8') };
  const { datasets } = checkFile(source, new FileLibrary(file));
  const data = await openDataset(datasets[0]!, { baseDirectory: root, strict: true, warn: () => {} });
  const counts = new Map<number, number>();
  const { x } = await data.read(
    'train',
    Array.from({ length: data.size('train') }, (_, i) => i),
  );
  for (const id of x!.data) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts.values()].reduce((sum, n) => sum - (n / x!.data.length) * Math.log(n / x!.data.length), 0);
}

/** The mean loss of the last steps of a run of `examples/NAME.ebm` after `change`. */
async function trained(name: string, change: (text: string) => string, args: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-test-'));
  // Beside the package, so that the book is found.
  const file = join(folder, `${name}.ebm`);
  writeFileSync(file, change(readFileSync(join(root, 'examples', `${name}.ebm`), 'utf8')));
  const command = ['bin/ebmc.js', 'train', file, '--out', join(folder, 'run'), '--json', '--backend', 'tensorflow'];
  execFileSync(process.execPath, [...command, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const steps = readFileSync(join(folder, 'run', 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const { loss } = JSON.parse(line) as { loss?: number };
      return loss === undefined ? [] : [loss];
    });
  const last = steps.slice(-20);
  return { first: steps[0]!, last: last.reduce((a, b) => a + b, 0) / last.length, floor: await unigramEntropy(file) };
}

/** A byte a token, short texts, one narrow block: seconds. */
const smaller = (text: string): string =>
  text
    .replace(/moby_dick\(.*?\)/, 'moby_dick()')
    .replaceAll(/\b(1000|2000)\b/g, '259')
    .replace('mask: 4, special: 5', 'mask: 2, special: 3')
    .replace('dim = 128', 'dim = 64')
    .replace(/depth: \d/, 'depth: 1')
    .replaceAll('x[0:64]', 'x[0:32]')
    .replaceAll('x[1:65]', 'x[1:33]')
    .replaceAll('Tokens[65,', 'Tokens[33,')
    .replaceAll('Tokens[64,', 'Tokens[32,')
    .replace('length: 64', 'length: 32')
    .replace('batch: 32', 'batch: 16');

const quick = (epochs: number): string[] => [
  ...['--set', `train.epochs=${epochs}`, '--set', 'train.schedule.warmup=0.01'],
  ...['--set', 'train.optimizer.rate=3e-3'],
];

test.skipIf(!native)('GPT', async () => {
  const { first, last, floor } = await trained('gpt', smaller, quick(0.1));
  expect(first).toBeGreaterThan(floor + 1);
  expect(last, `the floor is ${floor}`).toBeLessThan(floor - 0.3);
});

test.skipIf(!native)('BERT', async () => {
  const { first, last, floor } = await trained('bert', smaller, quick(0.45));
  expect(first).toBeGreaterThan(floor + 1);
  expect(last, `the floor is ${floor}`).toBeLessThan(floor - 0.1);
});
