/** `ebmc compare` as its user sees it: on equal terms, cached, stopped and gone on with, and with runs that go wrong. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Comparison, Competitor } from '../../src/runtime/compare/comparison.js';
import { ebmc, folderWith } from './run.js';
import { tinyFiles } from './tiny.js';

/** Each run is a process of its own. */
vi.setConfig({ testTimeout: 180_000 });

const compared = (what: string, settings = 'baselines: []') => `use tiny { Tiny }
use std.heads { mlp }
use std.energies { mean_square }
use std.regularizers { variance }

/// Variance keeps it apart.
model Spread(weight = 25) {
  data x: Image[8, 8, 1]
  view a, b of x = shaken()
  encoder f = mlp(hidden: 16, out: 8)
  energy E(x, y) = mean_square(f(reshape(x, [64])), f(reshape(y, [64])))
  minimize { near: E(a, b), variance: weight * (variance(f(reshape(a, [64]))) + variance(f(reshape(b, [64])))) }
  representation f(reshape(x, [64]))
}

fn shaken(x: [h, w, c]) = x + 0.1 * normal([h, w, c])

dataset pictures = idx("data") { x: Image[8, 8, 1], label: Class[2] }

compare ${what} on pictures { epochs: 1, batch: 16, knn: 5, labels: 100%, ${settings} }
`;

const files = (text: string) => ({ ...tinyFiles(), 'c.ebm': text });
const compare = (folder: string, ...options: string[]) =>
  ebmc(['compare', 'c.ebm', '--backend', 'cpu', '--seeds', '1', ...options], { cwd: folder });
const read = (folder: string): Comparison =>
  JSON.parse(readFileSync(join(folder, 'runs/compare-c/comparison.json'), 'utf8')) as Comparison;

test('competitors and baselines, once; another model trains only that; the runs are runs', async () => {
  const all = 'measures: [knn, linear, fine_tune, rankme, spread, energy_gap, gradient_conflict]';
  const folder = folderWith(files(compared('Tiny, Spread', all)));
  const first = await compare(folder);
  expect(first.stderr).not.toContain('error');
  expect(first.status).toBe(0);
  const found = read(folder);
  expect(found.competitors.map(({ name, kind }) => [name, kind])).toEqual([
    ['Tiny', 'objective'],
    ['Spread', 'objective'],
    ['untrained', 'untrained'],
    ['supervised', 'supervised'],
    ['raw input', 'raw'],
  ]);
  for (const { runs, summary } of found.competitors) {
    expect(runs.map(({ status, seed }) => [status, seed])).toEqual([['finished', 0]]);
    expect(summary['knn']?.values).toHaveLength(1);
  }
  const tiny = found.competitors[0]!;
  expect(tiny.runs[0]).toMatchObject({ cost: { steps: 6, examples: 96 } });
  expect(tiny.runs[0]?.curve.at(-1)?.step).toBe(6);
  const [, , untrained, supervised, raw] = found.competitors;
  expect(supervised?.runs[0]).toMatchObject({ cost: { steps: 6 } });
  expect(supervised?.summary['fine_tune.1']?.mean).toBeGreaterThan(0.5);
  expect(untrained?.summary['fine_tune.1']).toBeDefined();
  expect(raw?.summary['fine_tune.1']).toBeUndefined();
  expect(tiny.verdict.kind).toBe('no fault found');
  expect(tiny.runs[0]?.pictures?.energies?.compatible).toHaveLength(48);
  const spread = found.competitors[1]!;
  expect(tiny.summary['gradient_conflict.start']).toBeUndefined();
  expect(Math.abs(spread.summary['gradient_conflict.start']!.mean)).toBeLessThanOrEqual(1);
  const [pull] = spread.runs[0]!.pictures!.termCosines!;
  expect(pull).toMatchObject({ a: 'near', b: 'variance', end: spread.summary['gradient_conflict.end']!.mean });
  const { xs, values } = spread.runs[0]!.pictures!.landscape!;
  // Each example against itself where nothing is moved: no energy is lower.
  expect(values[xs.indexOf(0)]![xs.indexOf(0)]).toBeCloseTo(0, 6);
  expect(Math.min(...values.flat())).toBeGreaterThanOrEqual(0);
  expect(values[xs.indexOf(0)]![xs.indexOf(1)]).toBeGreaterThan(0);
  expect(tiny.runs[0]?.pictures?.neighbours?.[0]?.query.image).toMatch(/^data:image\/png;base64,/);
  // Two competitors and three baselines, each pair once.
  expect(found.contrasts.filter(({ measure }) => measure === 'knn')).toHaveLength(10);
  const page = readFileSync(join(folder, 'runs/compare-c/report.html'), 'utf8');
  expect(page).toContain('Tiny, Spread on pictures');
  expect(found.dataset).toMatchObject({ train: 96, test: 48, validation: 0, classes: ['0', '1'] });
  expect(found.differences).toEqual([]);
  expect(found.modules['tiny']).toContain('model Tiny');

  const again = await compare(folder);
  expect(again.status).toBe(0);
  expect(again.stderr).toBe('');

  writeFileSync(join(folder, 'c.ebm'), compared('Tiny, Spread, Tiny(temperature: 0.1)', all));
  const third = await compare(folder);
  expect(third.status).toBe(0);
  const begun = third.stderr.split('\n').filter((line) => line.startsWith('▸'));
  expect(begun).toHaveLength(1);
  expect(begun[0]).toContain('Tiny (temperature 0.1), seed 0');

  // What a baseline is called depends on who shares it; that it is the same run does not. Nor does what ranks.
  const runs = join(folder, 'runs/compare-c/runs');
  const taught = readdirSync(runs).find((name) => name.startsWith('supervised-'))!;
  renameSync(join(runs, taught), join(runs, taught.replace('supervised-', 'supervised-tiny-spread-')));
  const ranked = `${all}\n  ranked_by: energy_gap`;
  writeFileSync(join(folder, 'c.ebm'), compared('Tiny, Spread, Tiny(temperature: 0.1)', ranked));
  const fourth = await compare(folder);
  expect([fourth.status, fourth.stderr]).toEqual([0, '']);
  expect(readdirSync(runs)).not.toContain(taught);
  const mains = (comparison: Comparison) => comparison.measures.filter(({ isMain }) => isMain).map(({ key }) => key);
  expect([mains(found), mains(read(folder))]).toEqual([['linear.1'], ['energy_gap']]);
  expect(readFileSync(join(folder, 'runs/compare-c/report.html'), 'utf8')).toContain('By energy gap (AUROC), ');

  const run = join('runs/compare-c', tiny.runs[0]!.folder!);
  const evaluated = await ebmc(['evaluate', run, '--backend', 'cpu'], { cwd: folder });
  expect(evaluated.status).toBe(0);
  expect(evaluated.stdout).toContain('Tiny after 6 steps');
});

test('settings are chosen on held-out examples, and differences are listed', async () => {
  const settings =
    'baselines: [supervised], optimizer: adamw(rate: tuned(1e-3, 1e-2)), Spread: train(optimizer: sgd(rate: 0.1))';
  // Of a tuned objective's own parameter an encoder that learns labels knows nothing.
  const folder = folderWith(files(compared('Tiny(temperature: tuned(0.2, 0.5)), Spread', settings)));
  const { status, stderr } = await compare(folder);
  expect(status).toBe(0);
  const trials = (name: string) => stderr.split('\n').filter((line) => line.startsWith(`▸ ${name}, tr`));
  expect(trials('Tiny')).toHaveLength(4);
  expect(trials('Spread')).toEqual([]);
  expect(trials('supervised')).toHaveLength(2);
  const { competitors, differences, dataset } = read(folder);
  expect(dataset.validation).toBe(10);
  const [tiny, , supervised] = competitors;
  const ways = tiny!.tried.map(({ settings: { temperature, 'optimizer.rate': rate } }) => `${temperature} ${rate}`);
  expect(ways.sort()).toEqual(['0.2 0.001', '0.2 0.01', '0.5 0.001', '0.5 0.01']);
  expect(supervised?.tried).toHaveLength(2);
  expect(supervised?.settings).toEqual(supervised?.tried[0]?.settings);
  expect(tiny!.tried[0]!.score).toBeGreaterThanOrEqual(tiny!.tried[1]!.score);
  expect(tiny?.settings).toEqual(tiny?.tried[0]?.settings);
  expect(differences.map(({ what }) => what).sort()).toEqual(['optimizer', 'settings tried']);
});

test('what is named to rank chooses settings too, measured on what is held out', async () => {
  const settings = 'measures: [knn, linear, fine_tune, energy_gap], baselines: [supervised], ';
  const tuned = `${settings} optimizer: adamw(rate: tuned(1e-4, 1e-2))`;
  const folder = folderWith(files(compared('Tiny', tuned)));
  expect((await compare(folder)).status).toBe(0);
  expect(read(folder).competitors.map(({ triedBy }) => triedBy)).toEqual(['k-NN (k 5)', 'k-NN (k 5)']);

  // Trained already, the trials are measured anew; an encoder of labels has no energy to be chosen by.
  writeFileSync(join(folder, 'c.ebm'), compared('Tiny', `${tuned}, ranked_by: energy_gap`));
  const again = await compare(folder, '--json');
  expect(again.status).toBe(0);
  expect(again.stdout).not.toContain('"event":"progress"');
  const { competitors } = read(folder);
  expect(competitors.map(({ triedBy }) => triedBy)).toEqual(['energy gap (AUROC)', 'k-NN (k 5)']);
  const [tiny] = competitors;
  const trials = readdirSync(join(folder, 'runs/compare-c/runs')).filter((name) => name.startsWith('tiny-trial'));
  const outcomes = trials.map((name) => {
    const path = join(folder, 'runs/compare-c/runs', name, 'outcome.json');
    return JSON.parse(readFileSync(path, 'utf8')) as { measures: Record<string, number> };
  });
  const gaps = outcomes.map(({ measures }) => measures['energy_gap']!).sort((a, b) => b - a);
  expect(tiny!.tried.map(({ score }) => score)).toEqual(gaps);
  expect(Object.keys(outcomes[0]!.measures).sort()).toEqual(['energy_gap', 'energy_gap.deviations', 'knn']);

  writeFileSync(join(folder, 'c.ebm'), compared('Tiny', `${tuned}, ranked_by: fine_tune`));
  expect((await compare(folder)).status).toBe(0);
  expect(read(folder).competitors.map(({ triedBy }) => triedBy)).toEqual(
    Array(2).fill('fine-tuned, 100 % of the labels'),
  );
  expect(readFileSync(join(folder, 'runs/compare-c/report.html'), 'utf8')).toMatch(/Settings tried.*>fine-tuned, 100/s);
});

test('seeds share what is compiled and what raw inputs give; pictures are of the first that comes out', async () => {
  const folder = folderWith(files(compared('Tiny', 'baselines: [raw]')));
  const [several, alone] = [
    folder,
    folderWith(files(compared('Tiny', 'baselines: []').replace('{ epochs', '{ seeds: [1], epochs'))),
  ];
  const told = await compare(several, '--seeds', '2', '--json');
  expect(told.status).toBe(0);
  const [tiny, raw] = read(several).competitors;
  const shown = ({ runs }: Competitor) => runs.map(({ pictures }) => pictures !== undefined);
  expect(shown(tiny!)).toEqual([true, false]);
  expect(shown(raw!)).toEqual([true, false]);
  // Nothing is drawn in the probe on all labels, k-NN and ranks of what is no encoder.
  const { knn, 'linear.1': linear, rankme } = raw!.summary;
  for (const summary of [knn, linear, rankme]) expect(new Set(summary?.values).size).toBe(1);

  const measured = (seed: number): string[] => {
    const events = told.stdout.split('\n').filter((line) => line.includes(`"run":"raw input, seed ${seed}"`));
    return events.flatMap((line) => /"what":"raw: (\w+)/.exec(line)?.[1] ?? []);
  };
  expect(measured(0)).toContain('knn');
  expect(measured(1)).not.toContain('knn');

  // The second job of a process finds what the first has left; one that is the first finds nothing.
  expect((await ebmc(['compare', 'c.ebm', '--backend', 'cpu'], { cwd: alone })).status).toBe(0);
  const [second, first] = [tiny!.runs[1]!, read(alone).competitors[0]!.runs[0]!];
  expect(first).toMatchObject({ seed: 1, measures: second.measures, curve: second.curve });
  expect(first.pictures).toBeDefined();

  // A run that is shown now has to have pictures; its training is kept.
  const now = readFileSync(join(several, 'c.ebm'), 'utf8').replace('{ epochs', '{ seeds: [1], epochs');
  writeFileSync(join(several, 'c.ebm'), now);
  const again = await ebmc(['compare', 'c.ebm', '--backend', 'cpu', '--json'], { cwd: several });
  expect(again.stdout).not.toContain('"event":"progress"');
  expect(read(several).competitors[0]!.runs[0]).toMatchObject({ seed: 1, measures: second.measures });
  expect(read(several).competitors.map(shown)).toEqual([[true], [true]]);
});

test('a process that is killed: in its first job that is the reason, in a later one the job is done again', async () => {
  const folder = folderWith(files(compared('Tiny', 'baselines: [], epochs: 40').replace('epochs: 1, ', '')));
  let killed: readonly string[] = [];
  const killDuring = (name: string) =>
    ebmc(['compare', 'c.ebm', '--backend', 'cpu', '--seeds', '2', '--json'], {
      cwd: folder,
      onStdout: (text, _, pid) => {
        if (killed.includes(name) || !text.includes(`"event":"progress","run":"${name}"`)) return;
        killed = [...killed, name];
        for (const child of childrenOf(pid)) process.kill(child, 'SIGKILL');
      },
    });
  const later = await killDuring('Tiny, seed 1');
  expect(killed).toEqual(['Tiny, seed 1']);
  expect(later.status).toBe(0);
  expect(read(folder).competitors[0]?.runs.map(({ status }) => status)).toEqual(['finished', 'finished']);

  writeFileSync(join(folder, 'c.ebm'), readFileSync(join(folder, 'c.ebm'), 'utf8').replace('batch: 16', 'batch: 8'));
  await killDuring('Tiny, seed 0');
  const [first, second] = read(folder).competitors[0]!.runs;
  expect(first).toMatchObject({ status: 'failed', reason: 'its process ended by signal SIGKILL' });
  expect(second?.status).toBe('finished');
});

test('energies of tokens and of several numbers: runs come out, and `infer` tells scores', async () => {
  const program = `use std.energies { mean_square }
use std.regularizers { variance }
model Words {
  data t: Tokens[8, 259]
  param words: [259, 4] = normal([259, 4])
  param prototypes: [12, 4] = normal([12, 4])
  energy S(x) = matmul(prototypes, x)
  energy Read(t, z) = mean_square(mean(words[t], axis: 0), z)
  energy Next(z, t) = mean_square(z, mean(words[t], axis: 0))
  let z = mean(words[t], axis: 0) + 0.1 * normal([4])
  minimize { read: Read(t, z) + Next(z, t), scores: mean(S(z) ^ 2), apart: variance(z) }
  representation mean(words[t], axis: 0)
}
model Scores {
  data t: Tokens[8, 259]
  param words: [259, 4] = normal([259, 4])
  param prototypes: [12, 4] = normal([12, 4])
  energy S(x) = matmul(prototypes, x)
  let z = mean(words[t], axis: 0) + 0.1 * normal([4])
  minimize { scores: mean(S(z) ^ 2), apart: variance(z) }
  representation mean(words[t], axis: 0)
}
dataset texts = text("*.txt", test: 0.3) { t: Tokens[8, 259] }
compare Words, Scores on texts { epochs: 1, batch: 8, baselines: [] }
`;
  const text = Array.from({ length: 400 }, (_, i) => `word${(i * i) % 97}`).join(' ');
  const folder = folderWith({ 'c.ebm': program, 'a.txt': text });
  const { status, stderr } = await compare(folder);
  expect(stderr).not.toContain('EBM5034');
  expect(status).toBe(0);
  const [words, scores] = read(folder).competitors.map(({ runs }) => runs[0]!);
  expect([words?.status, scores?.status]).toEqual(['finished', 'finished']);
  expect(words?.pictures?.landscape?.xLabel).toContain("z towards another example's");
  expect(scores?.pictures).toBeDefined();
  expect(scores?.pictures?.landscape).toBeUndefined();

  const run = join('runs/compare-c', scores!.folder!);
  const infer = (...args: string[]) => ebmc(['infer', run, ...args, '--backend', 'cpu'], { cwd: folder });
  const told = await infer('score', '0..2', '--json');
  const { energies } = JSON.parse(told.stdout) as { energies: number[][] };
  expect(energies.map((row) => row.length)).toEqual([12, 12, 12]);
  const [row] = energies;
  const table = (await infer('score', '0..2')).stdout.split('\n');
  const lowest = row!.indexOf(Math.min(...row!));
  expect(table[0]).toContain('S: 12 numbers, the lowest');
  expect(table.find((line) => line.startsWith('0 '))).toContain(`[${lowest}] ${row![lowest]!.toPrecision(4)}`);
  const refused = await infer('rank', '0..2');
  expect(refused.status).toBe(1);
  await expect(refused.stderr).toMatchFileSnapshot('golden/infer-several-numbers.txt');
});

test('a run that diverges is a result, and the others go on', async () => {
  const settings = 'baselines: [], Spread: train(optimizer: sgd(rate: 1e30))';
  const folder = folderWith(files(compared('Spread, Tiny', settings)));
  const { status } = await compare(folder);
  expect(status).toBe(0);
  const [spread, tiny] = read(folder).competitors;
  expect(spread?.runs[0]).toMatchObject({ status: 'failed', reason: expect.stringContaining('EBM5001') });
  expect(tiny?.runs[0]?.status).toBe('finished');
  const again = await compare(folder);
  expect(again.stderr).toBe('');
});

test('Ctrl-C saves the run in progress, and the same command goes on to the same figures', async () => {
  const [stopped, whole] = [folderWith(files(compared('Tiny'))), folderWith(files(compared('Tiny')))];
  const long = ['--epochs', '100'];
  let isInterrupted = false;
  const interrupted = await ebmc(['compare', 'c.ebm', '--backend', 'cpu', '--seeds', '1', '--json', ...long], {
    cwd: stopped,
    onStdout: (text, kill) => {
      if (isInterrupted || !text.includes('"event":"progress"')) return;
      isInterrupted = true;
      kill('SIGINT');
    },
  });
  expect(isInterrupted).toBe(true);
  expect(interrupted.status).toBe(130);
  expect(read(stopped).competitors[0]?.runs[0]?.status).toBe('waiting');
  const saved = readdirSync(join(stopped, 'runs/compare-c/runs')).find((name) => name.startsWith('tiny-seed-0'))!;
  expect(statSync(join(stopped, 'runs/compare-c/runs', saved, 'manifest.json')).size).toBeGreaterThan(0);
  const [resumed, other] = await Promise.all([compare(stopped, ...long), compare(whole, ...long)]);
  expect([resumed.status, other.status]).toEqual([0, 0]);
  const [left, right] = [read(stopped).competitors[0]!, read(whole).competitors[0]!];
  expect(left.runs[0]?.measures).toEqual(right.runs[0]?.measures);
  expect(left.runs[0]?.curve.map(({ loss }) => loss)).toEqual(right.runs[0]?.curve.map(({ loss }) => loss));
});

test('a landscape that cannot be drawn is left out with its reason, and the run counts', async () => {
  const folder = folderWith({ ...files(compared('Tiny', 'baselines: [], measures: [knn]')), 'scratch/empty': '' });
  const scratch = join(folder, 'scratch');
  // What it compiles for the landscape has no place to go: the folder is gone when measuring begins.
  const { status, stdout } = await ebmc(['compare', 'c.ebm', '--backend', 'cpu', '--seeds', '1', '--json'], {
    cwd: folder,
    env: { TMPDIR: scratch },
    onStdout: (text) => {
      if (text.includes('"what":"objective: features of train"')) rmSync(scratch, { recursive: true, force: true });
    },
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/"code":"EBM5034".*ENOENT/);
  const [run] = read(folder).competitors[0]!.runs;
  expect(run).toMatchObject({ status: 'finished' });
  expect(run?.pictures?.neighbours).toBeDefined();
  expect(run?.pictures?.landscape).toBeUndefined();
});

test('a stream: forgetting of encoders and of a supervised one, as `evaluate` has it; stopped in a later stage it goes on', async () => {
  const streamed = compared('Tiny', 'baselines: [supervised], probe: pictures, measures: [knn, linear, forgetting]')
    .replace('compare Tiny on pictures', 'compare Tiny on early then late')
    .replace('compare ', 'dataset early = idx("data", limit: 48) { x: Image[8, 8, 1], label: Class[2] }\ncompare ')
    .replace(
      'compare ',
      'dataset late = idx("data", limit: 64, seed: 1) { x: Image[8, 8, 1], label: Class[2] }\ncompare ',
    );
  const [stopped, whole] = [folderWith(files(streamed)), folderWith(files(streamed))];
  const long = ['--epochs', '100'];
  // 300 steps of the first stage, 400 of the second.
  let at = 0;
  const interrupted = await ebmc(['compare', 'c.ebm', '--backend', 'cpu', '--seeds', '1', '--json', ...long], {
    cwd: stopped,
    onStdout: (text, kill) => {
      const step = Number([...text.matchAll(/"run":"Tiny, seed 0".*"step":(\d+)/g)].at(-1)?.[1] ?? 0);
      if (at > 0 || step <= 300) return;
      at = step;
      kill('SIGINT');
    },
  });
  expect(at).toBeGreaterThan(300);
  expect(interrupted.status).toBe(130);
  const [resumed, other] = await Promise.all([compare(stopped, ...long), compare(whole, ...long)]);
  expect([resumed.status, other.status]).toEqual([0, 0]);
  const found = read(whole);
  const [tiny, supervised] = found.competitors;
  expect(read(stopped).competitors[0]?.runs[0]?.measures).toEqual(tiny?.runs[0]?.measures);
  expect(tiny?.runs[0]).toMatchObject({ cost: { steps: 700 } });
  const stages = ['stage.1.1', 'stage.1.2', 'stage.2.1', 'stage.2.2'];
  expect(found.measures.map(({ key }) => key).slice(-5)).toEqual(['forgetting', ...stages]);
  expect(found.measures.find(({ key }) => key === 'stage.1.2')?.label).toBe('late after stage 1');
  for (const { runs } of [tiny!, supervised!]) {
    const { measures } = runs[0]!;
    expect(measures['forgetting']).toBeCloseTo(measures['stage.1.1']! - measures['stage.2.1']!, 12);
  }
  expect(found.title).toBe('Tiny on early then late');
  expect(found.budget['trained on']).toBe('early, then late');
  expect(found.dataset).toMatchObject({ name: 'pictures', train: 96 });

  const run = join('runs/compare-c', tiny!.runs[0]!.folder!);
  const evaluated = await ebmc(['evaluate', run, '--backend', 'cpu', '--json'], { cwd: whole });
  expect(evaluated.status).toBe(0);
  const rows = JSON.parse(readFileSync(join(whole, run, 'evaluation.json'), 'utf8')).rows;
  expect(rows[0]).toMatchObject({ name: 'trained', measures: tiny!.runs[0]!.measures });
});

test('figures of an objective that means something else now are shown apart', async () => {
  const folder = folderWith(files(compared('Tiny', 'baselines: [], measures: [knn]')));
  expect((await compare(folder)).status).toBe(0);
  const before = read(folder).competitors[0]!;
  // The same in other words is the same.
  const tiny = readFileSync(join(folder, 'tiny.ebm'), 'utf8');
  writeFileSync(join(folder, 'tiny.ebm'), tiny.replaceAll('contrast:', 'apart:'));
  await compare(folder);
  expect(read(folder).stale).toBeUndefined();
  expect(read(folder).competitors[0]?.objective).toBe(before.objective);
  writeFileSync(join(folder, 'tiny.ebm'), tiny.replace('temperature = 0.5', 'temperature = 0.05'));
  await compare(folder);
  const { stale, competitors } = read(folder);
  expect(stale).toMatchObject([
    {
      name: 'Tiny',
      objective: before.objective,
      changed: 'its objective',
      means: { knn: before.summary['knn']!.mean },
    },
  ]);
  expect(competitors[0]?.summary['knn']?.values).toHaveLength(1);
  expect(readFileSync(join(folder, 'runs/compare-c/report.html'), 'utf8')).toContain('Old figures');
});

test('two in one folder, and a file that compares nothing', async () => {
  const folder = folderWith({ ...files(compared('Tiny')), 'runs/compare-c/lock': lockOfThisProcess() });
  const second = await compare(folder);
  expect(second.status).toBe(1);
  expect(second.stderr).toContain('EBM5008');
  const none = await ebmc(['compare', 'tiny.ebm'], { cwd: folder });
  expect(none.status).toBe(1);
  expect(none.stderr).toContain('EBM7012');
});

test('without labels: label-free measures only, said once', async () => {
  const unlabelled = compared('Tiny').replace(', label: Class[2]', '');
  const folder = folderWith(files(unlabelled));
  const { status, stderr } = await compare(folder);
  expect(status).toBe(0);
  expect(stderr.split('EBM5014')).toHaveLength(2);
  const { dataset, measures } = read(folder);
  expect(dataset.classes).toBeUndefined();
  const keys = measures.map(({ key }) => key);
  expect(keys).toContain('rankme');
  expect(keys).not.toContain('knn');
});

function lockOfThisProcess(): string {
  return JSON.stringify({ pid: process.pid, host: hostname() });
}

function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').map(Number) : [];
}
