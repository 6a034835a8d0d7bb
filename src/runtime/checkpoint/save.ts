/** Saves a checkpoint into a run's folder. Killed at any moment, the folder holds the last good one. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostTensor } from '../model.js';
import { temporaryEnding, writeWhole } from './atomic.js';
import { writing } from './file-errors.js';
import { type Manifest, manifestName } from './manifest.js';
import { encodeSafetensors } from './safetensors.js';

const checkpointFile = /^checkpoint-\d+\.safetensors$/;

/**
 * First the states under a name of their own, then the manifest that names them: replacing the manifest is the moment
 * at which the new checkpoint counts. After that, all but the new and the previous one are removed.
 */
export async function saveCheckpoint(
  folder: string,
  states: Readonly<Record<string, HostTensor>>,
  about: Omit<Manifest, 'format' | 'file' | 'sha256'>,
): Promise<void> {
  await writing(folder, () => mkdir(folder, { recursive: true }));
  const file = `checkpoint-${String(about.step).padStart(8, '0')}.safetensors`;
  const metadata = { format: 'ebmc', model: about.model, program: about.program, step: String(about.step) };
  const chunks = encodeSafetensors({ tensors: states, metadata });
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  await writeWhole(join(folder, file), chunks);
  const manifest: Manifest = { format: 1, file, sha256: hash.digest('hex'), ...about };
  await writeWhole(join(folder, manifestName), [
    new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`),
  ]);
  await removeOld(folder, file);
}

/** Keeps the current and the one before it; removes what a killed process left. */
async function removeOld(folder: string, current: string): Promise<void> {
  const names = await readdir(folder);
  const older = names.filter((name) => checkpointFile.test(name) && name !== current).sort();
  const partial = names.filter((name) => name.endsWith(temporaryEnding));
  const newestOlder = older.filter((name) => name < current).at(-1);
  for (const name of [...older.filter((name) => name !== newestOlder), ...partial]) {
    await rm(join(folder, name), { force: true });
  }
}
