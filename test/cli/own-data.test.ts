/** Data of one's own: what is missing, misspelt, unreadable or without labels is told where it stands, and in time. */
import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { ebmc, folderWith } from './run.js';
import { tinyFiles, tinyProgram } from './tiny.js';

/** A program with nothing but this data set. */
function only(dataset: string): string {
  return `dataset d = ${dataset}\n`;
}

/** The model of `tiny.ebm` on rows of two numbers. */
function onRows(datasets: string): string {
  return tinyProgram
    .replace(/noisy\(x: .*\n/, 'noisy(x: [n]) = x + 0.1 * normal([n])\n')
    .replace('Image[8, 8, 1]', '[2]')
    .replaceAll('flat(x)', 'x')
    .replaceAll('flat(y)', 'y')
    .replace(/fn x.*\n/, '')
    .replace(/dataset .*\n/, datasets);
}

describe('a source that is declared wrongly', () => {
  test.each([
    ['csb("d.csv") { x: [2] }', 'EBM4004', 'a.ebm:1:13', 'did you mean `csv`?'],
    ['csv("d.csv", splt: 0.5) { x: [2] }', 'EBM4005', 'a.ebm:1:26', 'did you mean `split`?'],
    ['csv("d.csv", delimiter: 4) { x: [2] }', 'EBM4005', 'a.ebm:1:26', 'has to be a string'],
  ])('%s is told by check, at its place', async (dataset, code, place, help) => {
    const folder = folderWith({ 'a.ebm': only(dataset) });
    const { status, stderr, stdout } = await ebmc(['check', 'a.ebm', '--no-color'], { cwd: folder });
    expect([status, stderr]).toEqual([1, expect.stringContaining(code)]);
    expect(stderr).toContain(place);
    expect(stderr).toContain(help);
    expect(stdout).toContain('1 error');
  });

  test('a file or folder of nearly the name is named', async () => {
    const folder = folderWith({
      'a.ebm': only('csv("measurement.csv") { x: [2] }'),
      'b.ebm': only('images("photo") { x: Image[8, 8, 3] }'),
      'measurements.csv': 'a,b\n1,2\n',
      'photos/notes.txt': '',
    });
    const file = await ebmc(['data', 'a.ebm', '--no-color'], { cwd: folder });
    expect(file.stderr).toContain('a.ebm:1:17');
    expect(file.stderr).toContain('did you mean `measurements.csv`?');
    const pictures = await ebmc(['data', 'b.ebm', '--no-color'], { cwd: folder });
    expect(pictures.stderr).toContain('b.ebm:1:20');
    expect(pictures.stderr).toContain('did you mean `photos`?');
  });

  test('a column that is asked for and holds text is named', async () => {
    const folder = folderWith({
      'a.ebm': only('csv("d.csv", columns: from(x: [a, day])) { x: [2] }'),
      'd.csv': 'a,day\n1,2020-01-01\n2,2020-01-02\n',
    });
    const { status, stderr } = await ebmc(['data', 'a.ebm', '--no-color'], { cwd: folder });
    expect([status, stderr]).toEqual([1, expect.stringContaining('EBM4012')]);
    expect(stderr).toContain('`csv` has `day` as text');
  });
});

describe('few labels', () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 2},${i % 4 === 0 ? (i % 8 === 0 ? 'u' : 'v') : ''}`);
  const table = ['a,b,kind', ...rows, '?,1,u'].join('\n');

  test('rows that lack only a label are told apart; a data set without it trains on them', async () => {
    const both = `dataset all = csv("d.csv") { x: [2] }
dataset pictures = csv("d.csv", split: 0.6) { x: [2], kind: Class[2] }
`;
    const program = onRows(both).replace('pictures.train', 'all.train');
    const folder = folderWith({ 'tiny.ebm': program, 'd.csv': table });
    const { status, stdout, stderr } = await ebmc(['train', 'tiny.ebm', '--backend', 'cpu', '--no-color'], {
      cwd: folder,
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('skipped 31 of 41 rows')]);
    expect(stderr).toContain('30 of the rows lack only the label `kind`');
    // Two epochs of 40 rows in batches of 16.
    expect(stderr).toContain('step 4/4');
    expect(stdout).toContain('4 test examples, 6 to learn from');
  });

  test('where no row has one, too', async () => {
    const folder = folderWith({
      'a.ebm': only('csv("d.csv") { x: [2], kind: Class[2] }'),
      'd.csv': 'a,b,kind\n1,2,\n3,4,\n',
    });
    const { status, stderr } = await ebmc(['data', 'a.ebm', '--no-color'], { cwd: folder });
    expect([status, stderr]).toEqual([1, expect.stringContaining('EBM4026')]);
    expect(stderr).toContain('2 of the rows lack only the label `kind`');
  });
});

describe('folders of pictures', () => {
  test('kinds that are not read are counted; classes are called as their folders', async () => {
    const pixels = { create: { width: 8, height: 8, channels: 3 as const, background: 'red' } };
    const png = await sharp(pixels).png().toBuffer();
    const tiff = await sharp(pixels).tiff().toBuffer();
    const folder = folderWith({
      'a.ebm': only('images("photos", test: 0.5) { x: Image[8, 8, 3], label: Class[2] }'),
      ...Object.fromEntries(
        ['Äpfel', 'red pears'].flatMap((kind) =>
          [1, 2].map((i) => [`photos/${kind}/${i} é.png`, png] as [string, Uint8Array]),
        ),
      ),
      'photos/Äpfel/3.TIF': tiff,
      'photos/Äpfel/notes.txt': 'of no interest',
    });
    const { status, stdout, stderr } = await ebmc(['data', 'a.ebm', '--no-color'], { cwd: folder });
    expect([status, stderr]).toEqual([0, expect.stringContaining('EBM4052')]);
    expect(stderr).toContain('data set `d`: 1 .tif is left out');
    expect(stdout).toMatch(/label 0 +red pears +1 /);
    expect(stdout).toMatch(/label 1 +Äpfel +1 /);
    expect(stdout.indexOf('d.train')).toBeLessThan(stdout.indexOf('d.test'));
  });
});

describe('what is measured', () => {
  test('a data set without `test` is refused before training, not after', async () => {
    const folder = folderWith({
      'tiny.ebm': onRows('dataset pictures = csv("d.csv") { x: [2], kind: Class[2] }\n'),
      'd.csv': `a,b,kind\n${'1,2,u\n3,4,v\n'.repeat(20)}`,
    });
    const args = ['train', 'tiny.ebm', '--backend', 'cpu', '--no-color'];
    const { status, stderr } = await ebmc(args, { cwd: folder });
    expect([status, stderr]).toEqual([1, expect.stringContaining('EBM4014')]);
    expect(stderr).toMatch(/tiny\.ebm:\d+:1/);
    expect(stderr).toContain('`split: 0.9`');
    expect(existsSync(join(folder, 'runs'))).toBe(false);
    expect((await ebmc([...args, '--no-evaluate'], { cwd: folder })).status).toBe(0);
  });

  // Whoever may do everything may write everywhere: a folder in the place of the file stops him too.
  test('figures of a run that cannot be written are printed all the same', async () => {
    const folder = folderWith(tinyFiles());
    await ebmc(['train', 'tiny.ebm', '--backend', 'cpu', '--no-evaluate'], { cwd: folder });
    const run = join(folder, 'runs/Tiny');
    mkdirSync(join(run, 'evaluation.json'));
    chmodSync(run, 0o555);
    const { status, stdout, stderr } = await ebmc(['evaluate', 'runs/Tiny', '--backend', 'cpu'], { cwd: folder });
    chmodSync(run, 0o755);
    expect([status, stderr]).toEqual([0, expect.stringContaining('EBM5035')]);
    expect(stdout).toMatch(/trained .*\nuntrained .*\nraw input /);
  });

  test('a run that was moved alone finds its data by --data', async () => {
    const folder = folderWith(tinyFiles());
    await ebmc(['train', 'tiny.ebm', '--backend', 'cpu', '--no-evaluate'], { cwd: folder });
    mkdirSync(join(folder, 'some where'));
    renameSync(join(folder, 'runs/Tiny'), join(folder, 'some where/Tiny'));
    renameSync(join(folder, 'data'), join(folder, 'some where/data'));
    const evaluate = ['evaluate', 'some where/Tiny', '--backend', 'cpu', '--no-color'];
    const lost = await ebmc(evaluate, { cwd: folder });
    expect([lost.status, lost.stderr]).toEqual([1, expect.stringContaining('EBM4001')]);
    expect(lost.stderr).toContain('hint[EBM5036]');
    expect(lost.stderr).toContain('`--data FOLDER`');
    const found = await ebmc([...evaluate, '--data', 'some where'], { cwd: folder });
    expect([found.status, found.stdout]).toEqual([0, expect.stringMatching(/trained .*\nuntrained /)]);
    const asked = await ebmc(['infer', 'some where/Tiny', 'rank', '0', '0..3', '--data', 'some where', '--json'], {
      cwd: folder,
    });
    expect(asked.status).toBe(0);
  });
});

test('numbers of a row that never change, and that drown others, are pointed out', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i % 3},${1000 * (i % 5)},7`);
  const folder = folderWith({
    'a.ebm': only('csv("d.csv") { x: [3] }'),
    'd.csv': ['small,large,fixed', ...rows].join('\n'),
  });
  const { stdout } = await ebmc(['data', 'a.ebm', '--no-color'], { cwd: folder });
  expect(stdout).toMatch(/\n {2}x\[2\] +7 +7 +7 +0\n/);
  expect(stdout).toContain('the same in every example: x[2] (7)\n');
  expect(stdout).toMatch(/scales differ: x\[1\] varies by 1414, x\[0\] by 0\.8\d+; `standard_columns`/);
  const json = JSON.parse((await ebmc(['data', 'a.ebm', '--json'], { cwd: folder })).stdout) as {
    datasets: [{ splits: [{ fields: [{ each: unknown[] }] }] }];
  };
  expect(json.datasets[0].splits[0].fields[0].each[2]).toEqual({ min: 7, max: 7, mean: 7, std: 0 });
});
