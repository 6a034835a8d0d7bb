/** Programs in README and in docs/ (the tutorial's and the reference's have tests of their own): each reads, and whole ones pass the checker. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkFile } from '../../src/compiler/index.js';
import { parseModule } from '../../src/grammar/index.js';
import { FileLibrary } from '../../src/runtime/library.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md') && name !== 'tutorial.md')
    .map((name) => `docs/${name}`),
];
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
const programs = pages.flatMap((page) =>
  [...textOf(page).matchAll(/^```ebm\n(.*?)^```$/gms)].map(([, text], i) => ({
    path: `${page}, program ${i + 1}`,
    text: text!,
  })),
);

test.each(programs)('$path', (source) => {
  const { module, diagnostics } = parseModule(source);
  expect(diagnostics).toEqual([]);
  // An `evaluate` alone is an example of its settings.
  if (!module.items.some(({ kind }) => kind === 'model' || kind === 'compare')) return;
  const checked = checkFile(source, new FileLibrary(join(root, 'README.md')), { analyses: false });
  expect(checked.diagnostics).toEqual([]);
});

test.each([...pages, 'docs/tutorial.md'])('links of %s lead to files and headings', (page) => {
  const links = [...textOf(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
  for (const [, path, heading] of links) {
    const file = path === '' ? join(root, page) : join(root, dirname(page), path!);
    expect(existsSync(file), path).toBe(true);
    if (heading === undefined) continue;
    const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(headings).toContain(heading);
  }
});
