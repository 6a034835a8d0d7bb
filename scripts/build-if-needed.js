/** Builds dist/ where a source is newer than the last build; `buildIfNeeded` says whether it worked. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemble } from './assemble.js';
import { bundleChevrotain } from './bundle-chevrotain.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'dist', '.built');

export async function buildIfNeeded() {
  const built = timeOf(stamp);
  if (built > newestIn(join(root, 'src'))) return true;
  const start = new Date();
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) return false;
  bundleChevrotain();
  await assemble();
  writeFileSync(stamp, '');
  // What was edited while the build ran is built the next time.
  utimesSync(stamp, start, start);
  return true;
}

function newestIn(folder) {
  const times = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? newestIn(path) : timeOf(path);
  });
  return Math.max(timeOf(folder), ...times);
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && !(await buildIfNeeded())) process.exitCode = 1;
