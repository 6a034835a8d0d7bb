/** Commands that write files: init, fmt, compile. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ebmc, folderWith } from './run.js';

describe('init', () => {
  test('writes a program that passes check and fmt, and never over a file', async () => {
    const folder = folderWith({});
    const first = await ebmc(['init', 'new'], { cwd: folder });
    expect(first.status).toBe(0);
    expect(first.stdout).toContain('ebmc train new/simclr.ebm');
    const path = join(folder, 'new', 'simclr.ebm');
    const text = readFileSync(path, 'utf8');
    expect((await ebmc(['check', path])).stdout).toContain('no problems');
    expect((await ebmc(['fmt', '--check', path])).status).toBe(0);
    const second = await ebmc(['init', 'new'], { cwd: folder });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain('EBM7008');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe('fmt', () => {
  const untidy = 'fn  double( x ) = 2*x // twice\n';

  test('--check changes nothing', async () => {
    const folder = folderWith({ 'a.ebm': untidy });
    const { status, stdout } = await ebmc(['fmt', '--check', '.'], { cwd: folder });
    expect(status).toBe(1);
    expect(stdout).toContain('a.ebm is not formatted');
    expect(readFileSync(join(folder, 'a.ebm'), 'utf8')).toBe(untidy);
  });

  test('formats, then finds nothing to do', async () => {
    const folder = folderWith({ 'deep/a.ebm': untidy });
    expect((await ebmc(['fmt', '.'], { cwd: folder })).status).toBe(0);
    expect(readFileSync(join(folder, 'deep/a.ebm'), 'utf8')).toBe('fn double(x) = 2 * x // twice\n');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['a.ebm']);
    expect((await ebmc(['fmt', '--check', '.'], { cwd: folder })).stdout).toContain('formatted already');
  });

  test('leaves a file with mistakes as it is', async () => {
    const folder = folderWith({ 'bad.ebm': 'fn  double( = \n', 'good.ebm': untidy });
    const { status, stderr } = await ebmc(['fmt', 'bad.ebm', 'good.ebm'], { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).toContain('bad.ebm:1');
    expect(readFileSync(join(folder, 'bad.ebm'), 'utf8')).toBe('fn  double( = \n');
    expect(readFileSync(join(folder, 'good.ebm'), 'utf8')).not.toBe(untidy);
  });
});

describe('compile', () => {
  test('writes the module and nothing else', async () => {
    const folder = folderWith({});
    const { status, stdout } = await ebmc(['compile', 'examples/simclr.ebm', '--batch', '8', '--out', folder]);
    expect(status).toBe(0);
    expect(stdout).toContain('SimCLR, batch 8: wrote');
    expect(readdirSync(folder).sort()).toEqual(['model.ts', 'support.ts']);
    expect(readFileSync(join(folder, 'model.ts'), 'utf8')).toContain('batchSize = 8');
  });

  test.each([
    ['syntax', 'model'],
    ['typed', 'model SimCLR'],
    ['graph', 'graph step'],
    ['optimized', 'graph step'],
    ['tfjs', 'export class SimCLR'],
  ])('--emit %s', async (stage, text) => {
    const { status, stdout } = await ebmc(['compile', 'examples/simclr.ebm', '--emit', stage]);
    expect(status).toBe(0);
    expect(stdout).toContain(text);
  });
});
