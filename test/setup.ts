/** Before all tests: builds the command line and the native backend, once. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildIfNeeded } from '../scripts/build-if-needed.js';

const root = fileURLToPath(new URL('..', import.meta.url));

export default async function setup(): Promise<void> {
  // Nobody's colours, terminals or folders are part of a test.
  process.env['NO_COLOR'] = '1';
  const inCI = process.env['CI'] !== undefined && process.env['CI'] !== '';
  if (!(await buildIfNeeded())) {
    if (inCI) throw new Error('the build failed');
    console.warn('the build failed: tests of the command line run what was built before');
  }
  if (spawnSync('sh', ['scripts/install-chromium.sh'], { cwd: root, stdio: 'ignore' }).status !== 0)
    console.warn('there is no Chromium and it could not be installed: tests of pages are skipped');
  if (process.env['EBMC_TEST_NATIVE'] === '0') return;
  const built = spawnSync(process.execPath, ['bin/ebmc.js', 'setup'], { cwd: root, stdio: 'inherit' });
  const asked = spawnSync(process.execPath, ['bin/ebmc.js', 'setup', '--json'], { cwd: root, encoding: 'utf8' });
  if (built.status === 0 && asked.status === 0) {
    const { folder } = JSON.parse(asked.stdout) as { folder: string };
    process.env['EBMC_NATIVE'] = folder;
    return;
  }
  if (inCI) throw new Error('`ebmc setup` failed');
  console.warn('the native backend could not be built: its tests are skipped');
  process.env['EBMC_TEST_NATIVE'] = '0';
}
