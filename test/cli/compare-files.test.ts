/** `ebmc compare A.ebm B.ebm`: models of files, without a `compare` item. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Comparison } from '../../src/runtime/compare/comparison.js';
import { ebmc, folderWith } from './run.js';
import { tinyFiles, tinyProgram } from './tiny.js';

vi.setConfig({ testTimeout: 300_000 });

const other = tinyProgram
  .replaceAll('Tiny', 'Other')
  .replace('temperature = 0.5', 'temperature = 0.1')
  .replace('epochs: 2\n  batch: 16', 'epochs: 9\n  batch: 16\n  optimizer: sgd(rate: 0.1)')
  .replace('dataset pictures = idx("data")', 'dataset nowhere = idx("none")')
  .replaceAll('on pictures', 'on nowhere');
const few = '--backend cpu --seeds 1 --set compare.validation=0.2'.split(' ');
const read = (folder: string, name: string): Comparison =>
  JSON.parse(readFileSync(join(folder, 'runs', name, 'comparison.json'), 'utf8')) as Comparison;

test('on the data of the first, trained as it says; what the others say otherwise is told', async () => {
  const folder = folderWith({ ...tinyFiles(), 'b/other-2.ebm': other });
  const args = ['compare', 'tiny.ebm', 'b/other-2.ebm', ...few];
  const first = await ebmc([...args, '--epochs', '1'], { cwd: folder });
  expect(first.status).toBe(0);
  expect(first.stderr).toContain(
    'not used: other-2.ebm: epochs: 9, optimizer: sgd(rate: 0.1); all are trained as tiny.ebm says',
  );
  const found = read(folder, 'compare-tiny-other-2');
  expect(found.competitors.map(({ name }) => name)).toEqual(['Tiny', 'Other', 'untrained', 'supervised', 'raw input']);
  expect(found.competitors.map(({ runs }) => runs[0]?.status)).toEqual(Array(5).fill('finished'));
  expect(found.competitors[1]?.runs[0]?.cost?.steps).toBe(6);
  expect(found.budget).toMatchObject({ epochs: '1', batch: '16' });
  expect(found.command).toContain('ebmc compare tiny.ebm b/other-2.ebm');
  expect(found.source).toContain('use other_2 { Other }');
  // k-NN and labels are the first file's.
  expect(found.measures.map(({ label }) => label)).toContain('k-NN (k 5)');

  const again = await ebmc([...args, '--epochs', '1'], { cwd: folder });
  expect(again.stderr).not.toContain('▸');
  const run = join('runs/compare-tiny-other-2', found.competitors[1]!.runs[0]!.folder!);
  const evaluated = await ebmc(['evaluate', run, '--backend', 'cpu'], { cwd: folder });
  expect(evaluated.stdout).toContain('Other after 6 steps');
});

test('on the data of another file; names that clash, data that is not there, files without models', async () => {
  const folder = folderWith({
    ...tinyFiles(),
    'other.ebm': other,
    'again.ebm': tinyProgram,
    'data.ebm': 'dataset none = idx("none") { x: Image[8, 8, 1] }\ndataset here = idx("data") { x: Image[8, 8, 1] }',
  });
  const compare = (...args: string[]) => ebmc(['compare', ...args, ...few, '--epochs', '1'], { cwd: folder });
  const found = await compare('other.ebm', '--data', 'data.ebm:here', '--out', 'runs/one', '--set', 'compare.batch=8');
  expect(found.stderr).toContain('EBM5014');
  expect(found.status).toBe(0);
  const { competitors, dataset } = read(folder, 'one');
  expect(dataset.name).toBe('here');
  expect(competitors.map(({ name }) => name)).toEqual(['Other', 'untrained', 'raw input']);

  const clash = await compare('tiny.ebm', 'again.ebm');
  const unknown = await compare('tiny.ebm', 'other.ebm', '--data', 'data.ebm:her');
  const empty = await compare('tiny.ebm', 'data.ebm');
  expect([clash.status, unknown.status, empty.status]).toEqual([1, 1, 1]);
  const said = [clash, unknown, empty].map(({ stderr }) => stderr).join('');
  await expect(said).toMatchFileSnapshot('golden/compare-files.txt');
});
