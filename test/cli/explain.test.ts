import { afterEach, describe, expect, test, vi } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import { codes } from '../../src/diagnostics/index.js';
import { keywords } from '../../src/grammar/tokens.js';
import { allWords } from '../../src/grammar/words.js';

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

  test('a definition of the library, with its parameters, place and doc comment', async () => {
    const { stdout } = await printed(['explain', 'nt_xent']);
    expect(stdout).toContain('contrastive regularizer nt_xent(E: energy, x, y, temperature = 0.5)');
    expect(stdout).toContain('std.regularizers');
    expect(stdout).toContain('Chen et al. 2020');
    expect((await printed(['explain', 'std.regularizers.nt_xent'])).stdout).toBe(stdout);
  });

  test('a name that several modules have', async () => {
    const { stdout } = await printed(['explain', 'block']);
    expect(stdout).toMatch(/std\.layers.*std\.transformers/s);
  });

  test.each([
    ['sum', 'sum(x, axis?, keep?, keepdims?)'],
    ['csv', 'delimiter (string)'],
    ['rankme', 'Garrido et al. 2023'],
    ['repeat', 'unrolled when compiled'],
    ['noncontrastive', 'regularizer NAME'],
    ['Tokens', 'Tokens[length, vocab]'],
    ['adamw', 'Loshchilov and Hutter 2019'],
    ['warmup', 'setting of optimizers and schedules'],
    ['ranked_by', 'setting of `compare`'],
    ['balance', 'argument of every loader'],
  ])('%s', async (name, part) => {
    expect((await printed(['explain', name])).stdout).toContain(part);
  });

  test('every word of the language is explained', () => {
    const explained = new Set(allWords.flatMap(({ words }) => words));
    expect([...keywords.keys()].filter((word) => !explained.has(word))).toEqual([]);
  });

  test('no such name', async () => {
    let stderr = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += String(text);
      return true;
    });
    expect((await printed(['explain', 'nt_xnet'])).status).toBe(1);
    expect(stderr).toMatch(/EBM7007.*did you mean nt_xent\?/s);
  });
});
