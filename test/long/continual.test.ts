/** Digits, then clothes: how much of the digits an encoder of 16 numbers forgets (Chaudhry et al. 2018) with nothing done about it, and by each of the methods. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

const seeds = [1, 2, 3];

beforeAll(() => {
  execFileSync('sh', ['scripts/install-fashion-mnist.sh'], { stdio: 'inherit' });
}, 240_000);

/** The mean over seeds, as a share of 1. */
function forgetting(example: string, ...settings: string[]): number {
  const all = seeds.map((seed) => {
    const out = join(mkdtempSync(join(tmpdir(), 'ebmc-')), 'run');
    const args = ['train', `examples/${example}.ebm`, '--seed', `${seed}`, '--out', out, '--json', ...settings];
    const said = execFileSync(process.execPath, ['bin/ebmc.js', ...args, '--backend', 'tensorflow'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { evaluation } = JSON.parse(said.trimEnd().split('\n').at(-1)!) as {
      evaluation: { rows: { name: string; measures: Record<string, number> }[] };
    };
    return evaluation.rows.find(({ name }) => name === 'trained')!.measures['forgetting']!;
  });
  console.log(example, settings.join(' '), all.map((share) => `${(100 * share).toFixed(1)} %`).join(', '));
  return all.reduce((a, b) => a + b, 0) / all.length;
}

test('what is done against forgetting helps', () => {
  const plain = forgetting('ewc', '--set', 'EWC.strength=0');
  expect(plain).toBeGreaterThan(0.05);
  expect(forgetting('continual')).toBeLessThan(0.85 * plain);
  expect(forgetting('ewc')).toBeLessThan(0.5 * plain);
  expect(forgetting('replay')).toBeLessThan(0.5 * plain);
}, 3_600_000);
