/** The outline of each file of the standard library has the same definitions as the whole file read at once. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { outlineModule, parseModule } from '../../src/grammar/index.js';

const folder = new URL('../../std/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.ebm'));

test.each(files)('%s', (file) => {
  const source = { path: `std/${file}`, text: readFileSync(new URL(file, folder), 'utf8') };
  const outline = outlineModule(source);
  const { items } = parseModule(source).module;
  expect(outline?.uses).toEqual(items.filter(({ kind }) => kind === 'use'));
  expect(outline?.definitions.map(({ item }) => item)).toEqual(items.filter(({ kind }) => kind !== 'use'));
  expect(outline?.definitions.map(({ name }) => name)).toEqual(
    items.flatMap((item) =>
      item.kind === 'fn' || item.kind === 'net' || item.kind === 'regularizer' ? item.name : [],
    ),
  );
});

test.each([
  ['a model', 'fn f(x) = x\n\nmodel M { data x: [4] }\n'],
  ['a stray character', 'fn f(x) = x @\n'],
])('%s has none', (_, text) => {
  expect(outlineModule({ path: 'a.ebm', text })).toBeUndefined();
});
