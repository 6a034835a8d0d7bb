import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { codes, formatDiagnostic } from '../../src/diagnostics/index.js';
import { library } from '../std/run.js';

const found = Object.entries(codes).filter(([code, entry]) => /^EBM[23]/.test(code) && 'wrong' in entry);

test('every code that `check` finds has a wrong and a right program', () => {
  const without = Object.entries(codes).filter(
    ([code, entry]) => /^EBM[23]/.test(code) && !('wrong' in entry && 'right' in entry),
  );
  expect(without.map(([code]) => code)).toEqual([]);
});

test.each(found)('%s: the wrong program is told so, the right one is not', async (code, entry) => {
  const { wrong, right } = entry as { wrong: string; right: string };
  const before = checkFile({ path: 'wrong.ebm', text: wrong }, library).diagnostics;
  expect(before.map((d) => d.code)).toContain(code);
  const shown = before.map((d) => formatDiagnostic(d)).join('\n\n');
  await expect(`${shown}\n`).toMatchFileSnapshot(`golden/${code}.txt`);
  const after = checkFile({ path: 'right.ebm', text: right }, library).diagnostics;
  expect(after.map((d) => formatDiagnostic(d)).join('\n')).toBe('');
});
