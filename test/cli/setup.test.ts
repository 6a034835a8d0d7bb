import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ebmc, folderWith } from './run.js';

describe('setup', () => {
  test('names every missing tool and what brings it', async () => {
    const folder = folderWith({});
    mkdirSync(join(folder, 'bin'));
    symlinkSync(process.execPath, join(folder, 'bin', 'node'));
    const env = { PATH: join(folder, 'bin'), EBMC_NATIVE_DIR: join(folder, 'native'), npm_execpath: '', CXX: '' };
    const { status, stderr } = await ebmc(['setup'], { env });
    expect(status).toBe(1);
    for (const tool of ['npm', 'Python 3.7 or later', 'a C++17 compiler']) expect(stderr).toContain(`needs ${tool}`);
    expect(stderr).toContain('apt-get install g++');
  });

  test('leaves a folder with other files alone', async () => {
    const folder = folderWith({ 'thesis.txt': 'three years' });
    const { status, stderr } = await ebmc(['setup'], { env: { EBMC_NATIVE_DIR: folder } });
    expect(status).toBe(1);
    expect(stderr).toContain('EBM6009');
    expect(readFileSync(join(folder, 'thesis.txt'), 'utf8')).toBe('three years');
  });

  test.skipIf(process.env['EBMC_TEST_NATIVE'] === '0')('does nothing where a working one is there', async () => {
    const { status, stdout } = await ebmc(['setup']);
    expect(status).toBe(0);
    expect(stdout).toContain('Nothing to do');
  });
});
