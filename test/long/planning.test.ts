/** A trained world plans CartPole: the return of the planned policy against that of random actions (Gymnasium, in Python), natively. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

const python = '.venv/bin/python';
const episodes = 10;
/** The largest return of an episode: its steps. */
const longest = 200;

beforeAll(() => {
  if (!existsSync(python)) execFileSync('sh', ['test/reference/setup.sh'], { stdio: 'inherit' });
}, 1_200_000);

test('planned and random actions', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const run = join(folder, 'world');
  const upright = join(folder, 'upright.json');
  // The middle, nothing moving, at each of the eight steps that follow.
  writeFileSync(upright, JSON.stringify(Array.from({ length: 8 }, () => [0, 0, 0, 0])));
  const native = ['--backend', 'tensorflow'];
  execFileSync(process.execPath, ['bin/ebmc.js', 'train', 'examples/world.ebm', '--out', run, ...native], {
    stdio: 'inherit',
  });
  const planner = [process.execPath, 'bin/ebmc.js', 'infer', run, 'plan', '-', 'noise', upright, ...native];
  const command = [...planner, '--over', 'actions', '--json', '--steps', '4'];
  const played = execFileSync(python, ['test/reference/planning.py', `${episodes}`, `${longest}`, ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const returns = JSON.parse(played) as { planned: number[]; random: number[] };
  console.log(JSON.stringify(returns));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  expect(returns.planned).toHaveLength(episodes);
  // Pole and cart stay up several times as long, and most episodes are better than any random one.
  expect(mean(returns.planned)).toBeGreaterThan(3 * mean(returns.random));
  expect(returns.planned.filter((value) => value > Math.max(...returns.random)).length).toBeGreaterThan(episodes / 2);
}, 1_200_000);
