import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Chevrotain's own modules are 640 files with lodash's: a fifth of a second of every command. */
test('what is built has chevrotain in one file', () => {
  const text = readFileSync('dist/grammar/chevrotain.js', 'utf8');
  expect(text).not.toMatch(/^(import|export) .*\bfrom ['"]/m);
  expect(text).toMatch(/\bCstParser = class\b/);
});
