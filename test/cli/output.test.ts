import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ebmc, folderWith, root, run } from './run.js';

const escapeCode = '\x1b[';

describe('--json', () => {
  test('check of a good file', async () => {
    const { status, stdout, stderr } = await ebmc(['check', 'examples/simclr.ebm', '--json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      file: 'examples/simclr.ebm',
      models: ['SimCLR'],
      datasets: ['digits'],
      diagnostics: [],
    });
  });

  test('check of a bad file: places are lines and columns', async () => {
    const folder = folderWith({ 'bad.ebm': 'use std.heads { mpl }\n' });
    const { status, stdout, stderr } = await ebmc(['check', 'bad.ebm', '--json'], { cwd: folder });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    const { ok, diagnostics } = JSON.parse(stdout) as { ok: boolean; diagnostics: { place: object }[] };
    expect(ok).toBe(false);
    expect(diagnostics[0]?.place).toMatchObject({ file: 'bad.ebm', start: { line: 1, column: 17 } });
  });

  test('works before the command too', async () => {
    const { stdout } = await ebmc(['--json', 'explain', 'EBM6001']);
    expect(JSON.parse(stdout)).toMatchObject({ code: 'EBM6001', severity: 'error' });
  });

  test("a user's mistake", async () => {
    const { status, stdout } = await ebmc(['explain', 'EBM9999', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, diagnostics: [{ code: 'EBM7007', place: null }] });
  });

  test('doctor', async () => {
    const { stdout } = await ebmc(['doctor', '--json']);
    const found = JSON.parse(stdout) as { backends: { name: string; state: string }[]; auto: string };
    const states = Object.fromEntries(found.backends.map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ webgpu: 'missing', wasm: 'works', cpu: 'works' });
    const native = process.env['EBMC_TEST_NATIVE'] !== '0';
    if (native) expect(states['tensorflow']).toBe('works');
    expect(found.auto).toBe(states['tensorflow'] === 'works' ? 'tensorflow' : 'wasm');
  });
});

describe('colour', () => {
  const scripted = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'script')));
  const onTerminal = (line: string, env: Readonly<Record<string, string>> = {}) =>
    run('script', ['-qec', line, '/dev/null'], { cwd: root, env: { NO_COLOR: '', TERM: 'xterm', ...env } });
  const check = 'node bin/ebmc.js check examples/simclr.ebm';

  test('none without a terminal', async () => {
    const { stdout, stderr } = await ebmc(['check', 'nowhere.ebm'], { env: { NO_COLOR: '' } });
    expect(stdout + stderr).not.toContain(escapeCode);
  });

  test.runIf(scripted)('on a terminal', async () => {
    expect((await onTerminal(check)).stdout).toContain(escapeCode);
  });

  test.runIf(scripted)('none with --no-color, NO_COLOR or a dumb terminal', async () => {
    for (const { stdout } of [
      await onTerminal(`${check} --no-color`),
      await onTerminal(check, { NO_COLOR: '1' }),
      await onTerminal(check, { TERM: 'dumb' }),
    ]) {
      expect(stdout).toContain('no problems');
      expect(stdout).not.toContain(escapeCode);
    }
  });
});
