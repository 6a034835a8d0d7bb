/** Writes the pages of the reference in `docs/` anew. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from './build-if-needed.js';

if (!(await buildIfNeeded())) process.exit(1);
const { referencePages } = await import('../dist/cli/reference/index.js');
const docs = new URL('../docs/', import.meta.url);
rmSync(new URL('reference/', docs), { recursive: true, force: true });
for (const [path, text] of Object.entries(referencePages())) {
  const file = fileURLToPath(new URL(path, docs));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
