/** The reference in `docs/` is what the tables and doc comments say now: `npm run docs`, or `--update`, makes it anew. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { referencePages } from '../../src/cli/reference/index.js';
import { readLibrary } from '../../src/cli/reference/library.js';
import { codes } from '../../src/diagnostics/index.js';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const pages = referencePages();

test.each(Object.keys(pages))('%s', async (path) => {
  await expect(pages[path]).toMatchFileSnapshot(`${docs}${path}`);
  expect(pages[path]).not.toMatch(/undefined|\[object/);
});

test('no other pages lie there', () => {
  const found = readdirSync(`${docs}reference`, { recursive: true, encoding: 'utf8' });
  const files = found.filter((path) => path.endsWith('.md')).map((path) => `reference/${path}`);
  expect(files.sort()).toEqual(
    Object.keys(pages)
      .filter((path) => path !== 'reference.md')
      .sort(),
  );
});

test('links lead to headings that are there', () => {
  const headings = (text: string): string[] =>
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(' ', '-'));
  const links = [...pages['reference.md']!.matchAll(/\]\((reference\/[^)#]+)#([^)]+)\)/g)];
  expect(links.length).toBeGreaterThan(Object.keys(codes).length);
  for (const [, path, heading] of links) expect(headings(pages[path!]!), path).toContain(heading);
});

const definitions = readLibrary().flatMap(({ name, sections }) =>
  sections.flatMap((section) => section.definitions.map((definition) => ({ ...definition, module: name }))),
);

test.each(definitions)('$module.$name says what it is', ({ doc }) => {
  expect(doc).toMatch(/\w.*\.$/);
});

test.each(readLibrary())('std.$name says what it holds', ({ doc }) => {
  expect(doc).toMatch(/\w.*\.$/);
});

/** What a regularizer's value is a mean or a sum of, and where it is from. */
test.each(definitions.filter(({ kind }) => kind === 'regularizer'))('$name: normaliser and source', ({ doc }) => {
  expect(doc).toMatch(/\b(means?|sums?|divided)\b/i);
  expect(doc).toMatch(/\b(19|20)\d\d\b/);
});
