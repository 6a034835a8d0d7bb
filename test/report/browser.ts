/** Chromium for the tests of pages; absent where the machine has none. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

export const chromiumPath =
  process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

/** Without what Chromium asks the network for by itself. */
export function openBrowser(): Promise<Browser> {
  const quiet = ['background-networking', 'component-update', 'sync', 'quic', 'gpu'].map((what) => `--disable-${what}`);
  return chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox', '--no-first-run', ...quiet] });
}
