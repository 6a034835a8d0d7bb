/** A trained energy asked from the command line, and two files compared. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ebmc, folderWith } from './run.js';

const read = (example: string): string =>
  readFileSync(`examples/${example}.ebm`, 'utf8')
    .replace('mnist()', 'mnist(limit: 512)')
    .replace(/evaluate \w+ on[^}]*}/, '');

/** An energy of whole numbers: what comes next in a text. */
const next = `use std.layers { linear }
use std.energies { token_cross_entropy }

model Next {
  data x: Tokens[9, 259]
  param words: [259, 8] = normal([259, 8])
  encoder f = linear(8)
  energy E(before, next) = mean(token_cross_entropy(matmul(f(words[before]), transpose(words)), next))
  minimize { next: E(x[0:8], x[1:9]) }
  representation mean(f(words[x]), axis: 0)
}

dataset book = text("books/*.txt", test: 0.2) { x: Tokens[9, 259] }

train Next on book.train { epochs: 1, batch: 8 }
`;

const cwd = folderWith({
  'next.ebm': next,
  'books/moby.txt': 'Call me Ishmael. Some years ago, never mind how long precisely. '.repeat(40),
  'score.ebm': read('denoising_score_matching'),
  'clip.ebm': read('clip'),
  'other.ebm': read('clip').replace('epochs: 3', 'epochs: 4'),
});

const json = async (...args: string[]) => {
  const { stdout, stderr } = await ebmc([...args, '--json'], { cwd });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, never> & { ok: boolean };
};
const infer = (run: string, ...args: string[]) => json('infer', `runs/${run}`, ...args);

beforeAll(async () => {
  await ebmc(['train', 'score.ebm', '--epochs', '3', '--out', 'runs/score'], { cwd });
  await ebmc(['train', 'clip.ebm', '--epochs', '2', '--out', 'runs/clip'], { cwd });
}, 180_000);

describe('the energy of a run', () => {
  test('going down it takes noise away', async () => {
    const result = await infer(
      'score',
      'minimise',
      '0..7',
      '--noise',
      '0.3',
      '--steps',
      '20',
      '--rate',
      '0.02',
      '--out',
      'clean',
    );
    const [before, after] = result['distance'] as unknown as number[][];
    const mean = (list: number[] = []): number => list.reduce((a, b) => a + b, 0) / list.length;
    expect(mean(after)).toBeLessThan(0.85 * mean(before));
    expect(existsSync(join(cwd, 'clean/points.png'))).toBe(true);
  }, 60_000);

  test('what is not hidden stays as it is', async () => {
    const settings = ['--steps', '3', '--rate', '0.02'];
    const { points } = await infer('score', 'minimise', '0', '--hide', '14:28,0:28', ...settings);
    const shown = (points as unknown as number[][])[0]!.slice(0, 14 * 28);
    await infer('score', 'minimise', '0', ...settings, '--hide', '27:28,27:28', '--out', 'whole');
    const whole = JSON.parse(readFileSync(join(cwd, 'whole/points.json'), 'utf8')) as { points: number[][] };
    expect(shown).toEqual(whole.points[0]!.slice(0, 14 * 28));
  }, 60_000);

  test('samples have lower energy than where they start, and follow from the seed', async () => {
    const sample = () =>
      infer('score', 'sample', 'noise', '--count', '3', '--steps', '5', '--rate', '0.02', '--seed', '4');
    const one = await sample();
    const [before, after] = [one['before'], one['after']] as unknown as number[][];
    for (const [i, energy] of after!.entries()) expect(energy).toBeLessThan(before![i]!);
    expect((await sample())['points']).toEqual(one['points']);
  }, 60_000);

  test('halves of pictures are scored and ranked', async () => {
    const scored = (await infer('clip', 'score', '7', '0..5'))['energies'] as unknown as number[];
    const ranking = (await infer('clip', 'rank', '7', '0..5', '--top', '6'))['ranking'] as unknown as {
      candidate: number;
      energy: number;
      class: string;
    }[];
    expect(ranking.map(({ energy }) => energy)).toEqual([...scored].sort((a, b) => a - b));
    for (const { candidate, energy } of ranking) expect(energy).toBe(scored[candidate]);
    expect(ranking[0]!.class).toMatch(/^\d$/);
  }, 60_000);

  test.each([
    ['EBM7030', ['clip', 'score', '0', '1', '--energy', 'F']],
    ['EBM7031', ['clip', 'score', '0', '99999']],
    ['EBM7031', ['score', 'score', 'nowhere.png']],
    ['EBM7032', ['clip', 'score', '0..2', '0..4']],
    ['EBM7033', ['clip', 'minimise', '0', '1', '--over', 'w']],
  ] as const)(
    '%s',
    async (code, [run, ...args]) => {
      const { status, stderr } = await ebmc(['infer', `runs/${run}`, ...args], { cwd });
      expect([status, stderr]).toEqual([1, expect.stringContaining(code)]);
    },
    30_000,
  );
});

test('ids are not moved little by little', async () => {
  const trained = await ebmc(['train', 'next.ebm', '--out', 'runs/next', '--no-evaluate'], { cwd });
  expect(trained.stderr).not.toContain('error');
  const { status, stderr } = await ebmc(['infer', 'runs/next', 'minimise', '0', '1', '--over', 'next'], { cwd });
  expect(status).toBe(1);
  await expect(stderr).toMatchFileSnapshot('golden/EBM7034.txt');
}, 60_000);

test('what cannot be moved is planned, for each line of standard input', async () => {
  const before = [...'Call me '].map((letter) => letter.charCodeAt(0));
  const search = ['noise', '--over', 'next', '--count', '60', '--steps', '4', '--json'];
  const stdin = `${JSON.stringify(before)}\n\n${JSON.stringify([...before].reverse())}\n`;
  const { stdout, stderr } = await ebmc(['infer', 'runs/next', 'plan', '-', ...search], { cwd, stdin });
  expect(stderr).toBe('');
  const plans = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { energies: number[]; points: number[][] });
  expect(plans).toHaveLength(2);
  const [{ energies, points }] = plans as [(typeof plans)[0]];
  expect(points[0]).toHaveLength(8);
  for (const id of points[0]!) expect(id).toBeLessThan(259);
  writeFileSync(join(cwd, 'before.json'), JSON.stringify(before));
  writeFileSync(join(cwd, 'found.json'), JSON.stringify(points));
  const scored = (next: string) => infer('next', 'score', 'before.json', next, '--count', '60');
  const own = (await scored('found.json'))['energies'] as unknown as number[];
  expect(energies[0]).toBeCloseTo(own[0]!, 4);
  // What is planned is better than all of as many points that are drawn.
  const drawn = (await scored('noise'))['energies'] as unknown as number[];
  expect(drawn).toHaveLength(60);
  expect(energies[0]).toBeLessThan(Math.min(...drawn));
  const again = await infer('next', 'plan', 'before.json', ...search.slice(0, -1));
  expect(again['points']).toEqual(points);
  const wrong = await ebmc(['infer', 'runs/next', 'plan', '-', ...search.slice(0, -1)], { cwd, stdin: '[1, 2]\n' });
  expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('EBM7031')]);
}, 120_000);

test('files are compared by meaning', async () => {
  const { stdout } = await ebmc(['diff', 'clip.ebm', 'other.ebm'], { cwd });
  expect(stdout).toBe('CLIP\n~ train: epochs 3 → 4\n');
  expect((await ebmc(['diff', 'clip.ebm', 'other.ebm', '--exit-code'], { cwd })).status).toBe(1);
  expect(await json('diff', 'clip.ebm', 'clip.ebm')).toMatchObject({ ok: true, same: true });
}, 60_000);

test('the canonical form is printed with its hashes', async () => {
  const { stdout } = await ebmc(['check', 'clip.ebm', '--canonical'], { cwd });
  expect(stdout).toMatch(/^minimise, mean over N examples:$/m);
  expect(stdout).toMatch(/^objective [0-9a-f]{64}$/m);
}, 60_000);
