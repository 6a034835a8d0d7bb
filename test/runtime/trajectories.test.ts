/** trajectories(): episodes of Gymnasium's CartPole, recorded by test/reference/trajectories.py, and others. */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { openText, warnings } from './data/opening.js';
import { failure } from './support.js';

const recorded = fileURLToPath(new URL('fixtures/cartpole', import.meta.url));
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ebmc-episodes-'));
});

const open = (loader: string, fields: string, baseDirectory = recorded, strict = false) =>
  openText(loader, fields, { baseDirectory, strict });

const fields = 'observation: [10, 4], action: Tokens[10, 2]';

test('windows of episodes: the cart moves by its speed', async () => {
  const data = await open('trajectories("*.npz", test: 0.34)', fields);
  expect(data.splits).toEqual(['train', 'test']);
  expect(data.size('train')).toBeGreaterThan(data.size('test'));
  const { observation, action } = await data.read('train', [0, 7, data.size('train') - 1]);
  expect(observation!.shape).toEqual([3, 10, 4]);
  expect(action!.data).toBeInstanceOf(Int32Array);
  expect(new Set(action!.data)).toEqual(new Set([0, 1]));
  // Euler's method with steps of 0.02 s, as CartPole has it; across windows of different episodes this would not hold.
  for (let row = 0; row < 3; row++)
    for (let t = 0; t < 9; t++) {
      const at = (row * 10 + t) * 4;
      const [x, speed] = [observation!.data[at]!, observation!.data[at + 1]!];
      expect(observation!.data[at + 4]).toBeCloseTo(x + 0.02 * speed, 5);
    }
});

test('stride says how far apart windows begin', async () => {
  const each = await open('trajectories("*.npz", test: 0)', fields);
  const apart = await open('trajectories("*.npz", test: 0, stride: 10)', fields);
  expect(apart.size('train')).toBeLessThan(each.size('train') / 5);
  const [a, b] = [await apart.read('train', [1]), await each.read('train', [10])];
  expect(Array.from(a['observation']!.data)).toEqual(Array.from(b['observation']!.data));
});

test('episodes in Parquet, across row groups', async () => {
  const loader = 'trajectories("episodes.parquet", test: 0.34, columns: from(state: "observation.state"))';
  const data = await open(loader, 's: Trajectory[4] { state: [2], action: Class[3] }', 'test/runtime/fixtures/data');
  // Of six and four steps; the last episode, of eight, is held out.
  expect([data.size('train'), data.size('test')]).toEqual([4, 5]);
  const { state, action } = await data.read('train', [3, 2]);
  expect(Array.from(state!.data)).toEqual([1, 0, 1, 1, 1, 2, 1, 3, 0, 2, 0, 3, 0, 4, 0, 5]);
  expect(Array.from(action!.data)).toEqual([1, 2, 0, 1, 2, 0, 1, 2]);
  expect(warnings).toEqual([]);
});

describe('what is wrong is told', () => {
  test('a damaged file among good ones is skipped, counted and named', async () => {
    copyFileSync(join(recorded, 'episode-000.npz'), join(folder, 'a.npz'));
    writeFileSync(join(folder, 'b.npz'), readFileSync(join(recorded, 'episode-000.npz')).subarray(0, 700));
    await open('trajectories("*.npz", test: 0)', fields, folder);
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['EBM4042', 'skipped 1 of 2 files of episodes that cannot be used: b.npz'],
    ]);
    expect((await failure(open('trajectories("*.npz", test: 0)', fields, folder, true))).code).toBe('EBM4043');
  });

  test('episodes shorter than one example', async () => {
    const told = await failure(open('trajectories("*.npz", test: 0)', 'observation: [500, 4]'));
    expect(told.code).toBe('EBM4048');
    expect(told.message).toMatch(/the 500 steps of one example \(the longest of 6 has \d+\)/);
  });

  test('fields of different lengths', async () => {
    const told = await failure(open('trajectories("*.npz")', 'observation: [10, 4], action: Tokens[9, 2]'));
    expect([told.code, told.message]).toEqual([
      'EBM4005',
      '`trajectories`: field `action` has 9 steps where others have 10',
    ]);
  });

  test('an action that is not declared', async () => {
    const told = await failure(open('trajectories("*.npz", test: 0)', 'observation: [10, 4], action: Tokens[10, 1]'));
    expect([told.code, told.message]).toEqual([
      'EBM4045',
      'field `action` of data set `d` is declared with ids from 0 to 0, but the data has 1',
    ]);
  });
});
