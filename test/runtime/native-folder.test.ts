/** Which builds of the native backend can be used: the binding of the one before the newest still works. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bindingVersion, inspectNative, manifestName } from '../../src/runtime/backends/native-folder.js';

function stateWith(binding: number | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'ebmc-'));
  const platform = `${process.platform}-${process.arch}`;
  const manifest = { tensorflow: '2.21.0', tfjsNode: '4.22.0', binding, gpu: false, platform, files: {} };
  writeFileSync(join(folder, manifestName), JSON.stringify(manifest));
  return inspectNative(folder).state;
}

test('builds with a fault that was mended are damaged, those that are merely slower are not', () => {
  expect([undefined, 2, 3, bindingVersion, bindingVersion + 1].map(stateWith)).toEqual([
    'damaged',
    'damaged',
    'ready',
    'ready',
    'damaged',
  ]);
});
