import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.js';
import { ebmc } from './run.js';

describe('help texts', () => {
  test('the program', async () => {
    const { status, stdout, stderr } = await ebmc(['--help']);
    expect(status).toBe(0);
    expect(stderr).toBe('');
    await expect(stdout).toMatchFileSnapshot('golden/help.txt');
  });

  test.each(commands.map(({ name }) => name))('%s', async (name) => {
    const { status, stdout } = await ebmc(['help', name]);
    expect(status).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`golden/help-${name}.txt`);
  });

  test('without a command, the help is on stderr and the status says so', async () => {
    const { status, stdout, stderr } = await ebmc([]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('Usage: ebmc');
  });

  test('the version', async () => {
    const { status, stdout } = await ebmc(['--version']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
