/** Opens data sets as tests need them, and keeps what they warn of. */
import { beforeEach, expect } from 'vitest';
import type { FieldDecl, Selection, SettingValue } from '../../../src/compiler/declarations.js';
import { checkFile } from '../../../src/compiler/index.js';
import type { Diagnostic } from '../../../src/diagnostics/index.js';
import { type Dataset, openDataset } from '../../../src/runtime/data/index.js';
import { library } from '../../std/run.js';
import { span } from '../support.js';

export const fixtures = 'test/runtime/fixtures/data';

export const warnings: Diagnostic[] = [];
beforeEach(() => {
  warnings.length = 0;
});

export function open(
  loader: string,
  args: Record<string, SettingValue>,
  fields: FieldDecl[],
  { selection = {}, strict = false }: { selection?: Selection; strict?: boolean } = {},
): Promise<Dataset> {
  const decl = { name: 'd', loader, args, selection, fields, span };
  return openDataset(decl, { baseDirectory: '.', strict, warn: (diagnostic) => warnings.push(diagnostic) });
}

/** The same of a declaration as it is written: `LOADER(arguments)` and the fields between its braces. */
export function openText(
  loader: string,
  fields: string,
  { baseDirectory, strict }: { baseDirectory: string; strict: boolean },
): Promise<Dataset> {
  const { datasets, diagnostics } = checkFile({ path: 'd.ebm', text: `dataset d = ${loader} { ${fields} }` }, library);
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  return openDataset(datasets[0]!, { baseDirectory, strict, warn: (diagnostic) => warnings.push(diagnostic) });
}

export const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** What `test/reference/data_files.py` puts into row `row`: 4 × 5 × 3 bytes. */
export function pixelsOf(row: number): number[] {
  return all(60).map((i) => (i * 3 + row * 7) % 256);
}

export function bytesOf(data: ArrayLike<number>): number[] {
  return Array.from(data, (value) => Math.round(value * 255));
}
