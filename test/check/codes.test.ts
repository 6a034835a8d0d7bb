import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { codes, EbmcError, formatDiagnostic } from '../../src/diagnostics/index.js';
import { openDataset } from '../../src/runtime/data/index.js';
import { library } from '../std/run.js';

const found = Object.entries(codes).filter(([code, entry]) => /^EBM[23]/.test(code) && 'wrong' in entry);

test('every code has a wrong and a right example', () => {
  const without = Object.entries(codes).filter(([, entry]) => !('wrong' in entry && 'right' in entry));
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

/** Examples of what is found while something runs: lines after `$ ` are given to a shell, others are programs, or parts of one. */
const later = Object.entries(codes)
  .filter(([code]) => /^EBM[4-7]/.test(code))
  .map(([code, { wrong, right }]) => [code, { wrong: wrong!, right: right! }] as const);
const isProgram = (text: string): boolean => !text.startsWith('$ ');
const told = (text: string): readonly string[] =>
  checkFile({ path: 'example.ebm', text }, library).diagnostics.map(({ code }) => code);

test.each(later)('%s: its examples differ, are well formed, and ask for what there is', (code, { wrong, right }) => {
  expect(wrong).not.toBe(right);
  for (const text of [wrong, right].filter(isProgram)) expect(told(text).filter((c) => /^EBM1/.test(c))).toEqual([]);
  if (isProgram(right)) expect(told(right)).not.toContain(code);
  for (const [, name, rest] of [wrong, right].join('').matchAll(/\bebmc ([a-z]+)([^#&|\n]*)/g)) {
    const help = readFileSync(`test/cli/golden/help-${name}.txt`, 'utf8');
    for (const [option] of rest!.matchAll(/--[a-z-]+/g)) expect(help, `ebmc ${name}${rest}`).toContain(`${option} `);
  }
});

/** The data sets of digits that come with ebmc can be opened here. */
const opened = later.filter(
  ([code, { wrong, right }]) => code.startsWith('EBM4') && wrong.startsWith('dataset') && /= mnist\(/.test(right),
);

test.each(opened)('%s: opening the wrong data set says so, opening the right one does not', async (code, examples) => {
  const said = async (text: string): Promise<readonly string[]> => {
    const { datasets } = checkFile({ path: 'example.ebm', text }, library);
    const warned: string[] = [];
    try {
      await openDataset(datasets[0]!, { baseDirectory: '.', strict: true, warn: (d) => warned.push(d.code) });
    } catch (error) {
      if (!(error instanceof EbmcError)) throw error;
      warned.push(...error.diagnostics.map((d) => d.code));
    }
    return warned;
  };
  expect(await said(examples.wrong)).toContain(code);
  expect(await said(examples.right)).toEqual([]);
});
