/** \`ebmc report\` and \`ebmc train --watch\` as a user runs them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Comparison } from '../../src/runtime/compare/comparison.js';
import { readComparison } from '../../src/runtime/report/index.js';
import { sampleComparison } from '../report/sample.js';
import { ebmc, folderWith } from './run.js';
import { tinyFiles } from './tiny.js';

describe('a run', () => {
  let cwd: string;
  let page = '';

  beforeAll(async () => {
    cwd = folderWith(tinyFiles());
    const asked: Promise<void>[] = [];
    const { status, stderr } = await ebmc(['train', 'tiny.ebm', '--backend', 'cpu', '--watch'], {
      cwd,
      onStderr: (text) => {
        const url = /follow it at (\S+)/.exec(text)?.[1];
        if (!url || asked.length > 0) return;
        asked.push(
          fetch(url).then(async (response) => {
            page = await response.text();
          }),
        );
      },
    });
    await Promise.all(asked);
    expect(status, stderr).toBe(0);
  });

  test('is served on this machine while it goes on', () => {
    expect(page).toContain('data-version');
    expect(page).toContain('connect-src &#39;self&#39;');
  });

  test('is a page with its baselines, curves and program', async () => {
    const { status, stdout } = await ebmc(['report', 'runs/Tiny'], { cwd });
    expect(stdout).toMatch(/^Wrote runs\/Tiny\/report\.html \(\d\.\d\d MB, [\d.]+ s\)\n$/);
    expect(status).toBe(0);
    const html = readFileSync(join(cwd, 'runs/Tiny/report.html'), 'utf8');
    for (const part of [
      'Tiny on pictures',
      'raw input',
      'untrained',
      'Learning curves',
      'Collapse gauges',
      'model Tiny',
    ])
      expect(html).toContain(part);
    expect(html).toContain('ebmc train tiny.ebm --model Tiny --seed 0');
  });

  test('is a comparison of one as JSON', async () => {
    const { stdout } = await ebmc(['report', 'runs/Tiny', '--format', 'json', '--out', '-'], { cwd });
    const { competitors, dataset, budget } = readComparison(stdout, '-');
    expect(competitors.map(({ name, kind }) => [name, kind])).toEqual([
      ['Tiny', 'objective'],
      ['untrained', 'untrained'],
      ['raw input', 'raw'],
    ]);
    const [trained] = competitors;
    expect(trained!.runs[0]!.curve.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(trained!.runs[0]!.status).toBe('finished');
    // 64·16 + 16, the batch norm's 2·16, 16·8 + 8
    expect(trained!.parameters).toBe(1208);
    const knn = trained!.summary['knn']!;
    expect(knn.low).toBeLessThan(knn.mean);
    expect([dataset.train, dataset.test, dataset.classes, budget['steps']]).toEqual([96, 48, ['0', '1'], '12']);
  });

  test('without metrics, measures or program is shown as far as it is known', async () => {
    const manifest = readFileSync(join(cwd, 'runs/Tiny/manifest.json'), 'utf8');
    const bare = folderWith({
      'manifest.json': manifest.replace('"step":12', '"step":6').replace('"step": 12', '"step": 6'),
    });
    const { status, stdout } = await ebmc(['report', bare, '--format', 'markdown', '--out', '-']);
    expect(status).toBe(0);
    expect(stdout).toContain('| Tiny | waiting | running or stopped at step 6 of 12 |');
  });

  test('whose last line was cut short loses that line only', async () => {
    const metrics = readFileSync(join(cwd, 'runs/Tiny/metrics.jsonl'), 'utf8');
    const cut = folderWith({
      'manifest.json': readFileSync(join(cwd, 'runs/Tiny/manifest.json')),
      'metrics.jsonl': metrics.slice(0, -20),
    });
    const { stdout } = await ebmc(['report', cut, '--format', 'json', '--out', '-']);
    expect(readComparison(stdout, '-').competitors[0]!.runs[0]!.curve).toHaveLength(11);
  });
});

describe('a comparison', () => {
  let comparison: Comparison;
  let folder: string;
  beforeAll(async () => {
    comparison = await sampleComparison();
    folder = folderWith({ 'comparison.json': JSON.stringify(comparison) });
  });

  test('of 20 runs is written in under 5 s', async () => {
    const { status, stdout } = await ebmc(['report', folder, '--json']);
    const { bytes, seconds } = JSON.parse(stdout) as { bytes: number; seconds: number };
    expect(status).toBe(0);
    expect(bytes).toBeLessThan(1.5e6);
    // The promise is 5 s on a machine that does nothing else; tests run beside others.
    expect(seconds).toBeLessThan(15);
  });

  test('gives each run its own folder of events', async () => {
    const out = join(folder, 'events');
    const { stdout } = await ebmc(['report', join(folder, 'comparison.json'), '--format', 'tensorboard', '--out', out]);
    expect(stdout.trim().split('\n')).toHaveLength(18);
    expect(existsSync(join(out, 'Gamma_temperature_0.1', 'seed-2', 'events.out.tfevents.0.ebmc'))).toBe(true);
  });

  test('that is damaged, absent or no comparison is a mistake with its code', async () => {
    writeFileSync(join(folder, 'bad.json'), '{"format":1}');
    const failed = async (path: string) => (await ebmc(['report', path, '--json'])).stdout;
    expect(await failed(join(folder, 'bad.json'))).toContain('EBM5030');
    expect(await failed(join(folder, 'nothing'))).toContain('EBM7001');
    expect(await failed(folderWith({ 'other.txt': '' }))).toContain('EBM5031');
  });
});
