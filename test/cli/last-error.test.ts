/** Why a process crashed, out of what it said last. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { lastError } from '../../src/cli/compare/last-error.js';

/** What Node itself prints when this code runs. */
const saidBy = (code: string, ...options: string[]): string =>
  spawnSync(process.execPath, [...options, '--input-type=module', '-e', code], { encoding: 'utf8' }).stderr;

test('the error, not the frames and the version after it', () => {
  const thrown = saidBy('const a = {}; a.b.c;');
  expect(thrown.trimEnd().split('\n').at(-1)).toMatch(/^Node\.js v/);
  expect(lastError(thrown)?.message).toBe("TypeError: Cannot read properties of undefined (reading 'c')");
  const coded = saidBy('import { readFileSync } from "node:fs"; readFileSync("/nowhere/at/all");');
  expect(lastError(coded)?.message).toBe("Error: ENOENT: no such file or directory, open '/nowhere/at/all'");
  expect(lastError(saidBy('await Promise.reject(new RangeError("too long\\nby far"));'))?.message).toBe(
    'RangeError: too long',
  );
});

test('the code of a diagnostic', () => {
  const said = saidBy(
    'class EbmcError extends Error { name = "EbmcError" }; throw new EbmcError("EBM4009: all is damaged");',
  );
  expect(lastError(said)).toEqual({ code: 'EBM4009', message: 'all is damaged' });
});

test('memory that ran out, native checks, words without an error, nothing', () => {
  const full = 'const kept = []; for (;;) kept.push(new Array(1e5).fill(kept.length));';
  expect(lastError(saidBy(full, '--max-old-space-size=40'))?.message).toContain('JavaScript heap out of memory');
  const check = [
    '2026-01-01 10:00:00.0: I tensorflow/core/platform/cpu_feature_guard.cc:210] This binary is optimized',
    '2026-01-01 10:00:01.0: F tensorflow/core/framework/tensor.cc:852] Check failed: dtype() == expected_dtype (1 vs. 3)',
    '*** stack smashing',
  ];
  expect(lastError(check.join('\n'))?.message).toBe(check[1]);
  expect(lastError('one\nlast words\n\n')?.message).toBe('last words');
  expect(lastError('  \n')).toBeUndefined();
});
