/** Emoji and their names, joined from two npm packages: after seconds of training, pictures that were never seen find their names far more often than by chance. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const native = process.env['EBMC_TEST_NATIVE'] !== '0';
const folder = mkdtempSync(join(tmpdir(), 'ebmc-emoji-'));
const run = join(folder, 'run');

/** The last document that the command writes. */
const json = <T>(...args: string[]): T => {
  const command = ['bin/ebmc.js', ...args, '--json', '--backend', native ? 'tensorflow' : 'wasm'];
  const said = execFileSync(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] }).toString();
  return JSON.parse(said.trimEnd().split('\n').at(-1)!);
};

/** A narrow model of small pictures. */
const smaller = (text: string): string =>
  text
    .replaceAll('data/emoji', join(root, 'examples/data/emoji'))
    .replaceAll('[32, 32, 3]', '[16, 16, 3]')
    .replaceAll('Tokens[40', 'Tokens[24')
    .replace('size: 32', 'size: 16')
    .replace('width: 24', 'width: 8')
    .replace('depth: 2', 'depth: 1')
    .replace('dim: 64', 'dim: 32')
    .replace('batch: 128', 'batch: 64')
    .replace('[knn, linear, pair_retrieval, energy_gap]', '[pair_retrieval, energy_gap]');

interface Evaluated {
  readonly evaluation: {
    readonly rows: readonly { readonly name: string; readonly measures: Readonly<Record<string, number>> }[];
  };
}
let found: Evaluated;

beforeAll(() => {
  execFileSync('sh', ['scripts/install-emoji.sh'], { cwd: root, stdio: 'inherit' });
  const file = join(folder, 'emoji.ebm');
  writeFileSync(file, smaller(readFileSync(join(root, 'examples/emoji.ebm'), 'utf8')));
  found = json<Evaluated>('train', file, '--out', run, '--epochs', '4');
}, 240_000);

test('held-out pictures find their names among 50', () => {
  const { measures } = found.evaluation.rows.find(({ name }) => name === 'trained')!;
  // By chance 0.1 and 0.5.
  expect(measures['pair_retrieval.recall_5']).toBeGreaterThan(0.2);
  expect(measures['energy_gap']).toBeGreaterThan(0.65);
});

test('texts are ranked for a picture, from a file', () => {
  writeFileSync(join(folder, 'words.txt'), 'flag: France\n\nred apple\ncat face\n');
  const { ranking } = json<{ ranking: { text: string; energy: number }[] }>(
    'infer',
    run,
    'rank',
    '3',
    join(folder, 'words.txt'),
  );
  expect(ranking.map(({ text }) => text).sort()).toEqual(['cat face', 'flag: France', 'red apple']);
  expect(ranking.map(({ energy }) => energy)).toEqual(ranking.map(({ energy }) => energy).sort((a, b) => a - b));
  // Words that differ have energies that differ.
  expect(new Set(ranking.map(({ energy }) => energy)).size).toBe(3);
}, 120_000);
