import { afterEach, describe, expect, test, vi } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { codes } from '../../src/diagnostics/index.js';

afterEach(() => vi.restoreAllMocks());

/** In this process: starting one for each of the codes would take a minute. */
async function printed(args: readonly string[]): Promise<{ status: number; stdout: string }> {
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const status = await runProgram(args);
  return { status, stdout };
}

describe('explain', () => {
  test.each(Object.entries(codes))('%s', async (code, { title }) => {
    const { status, stdout } = await printed(['explain', code]);
    expect(status).toBe(0);
    expect(stdout).toContain(`${code}: ${title}`);
    expect(stdout.split('\n').length).toBeGreaterThan(2);
    expect(stdout).not.toMatch(/undefined|\[object/);
  });

  test('the number alone, and small letters', async () => {
    expect((await printed(['explain', '6001'])).stdout).toContain('EBM6001: ');
    expect((await printed(['explain', 'ebm6001'])).stdout).toContain('EBM6001: ');
  });

  test('the list has every code', async () => {
    const { stdout } = await printed(['explain']);
    for (const code of Object.keys(codes)) expect(stdout).toContain(code);
  });
});
