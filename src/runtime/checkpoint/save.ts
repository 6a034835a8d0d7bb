/** Saves a checkpoint into a run's folder. Killed at any moment, the folder holds the last good one. */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryEnding, writeWhole } from '../files/index.js';
import type { HostTensor } from '../model.js';
import { readManifest } from './load.js';
import { type Manifest, manifestName } from './manifest.js';
import { encodeSafetensors } from './safetensors.js';

const checkpointFile = /^checkpoint-\d+-[0-9a-f]+\.safetensors$/;

/**
 * First the states under a name of their own, then the manifest that names them: replacing the manifest is the moment
 * at which the new checkpoint counts. After that, all but the new and the previous one and the ends of stages are removed.
 */
export async function saveCheckpoint(
  folder: string,
  states: Readonly<Record<string, HostTensor>>,
  about: Omit<Manifest, 'format' | 'file' | 'sha256'>,
  /** The number of the stage that ends with this checkpoint. */
  endOf?: number,
): Promise<Manifest> {
  const metadata = { format: 'ebmc', model: about.model, program: about.program, step: String(about.step) };
  const chunks = encodeSafetensors({ tensors: states, metadata });
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  const sha256 = hash.digest('hex');
  // The hash in the name keeps a checkpoint of another run that is being replaced untouched until the manifest is.
  const file = `checkpoint-${String(about.step).padStart(8, '0')}-${sha256.slice(0, 8)}.safetensors`;
  const previous = await readManifest(folder).catch(() => undefined);
  writeWhole(join(folder, file), chunks);
  const stages = about.order.stages?.map((stage, k) => (k === endOf ? { ...stage, file, sha256 } : stage));
  const order = stages ? { ...about.order, stages } : about.order;
  const manifest: Manifest = { format: 1, file, sha256, ...about, order };
  writeWhole(join(folder, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await removeOthers(folder, [file, previous?.file, ...(stages ?? []).map((stage) => stage.file)]);
  return manifest;
}

/** Keeps the current checkpoint, the one before it and those that ended stages; removes older ones and what a killed process left. */
async function removeOthers(folder: string, kept: readonly (string | undefined)[]): Promise<void> {
  for (const name of await readdir(folder)) {
    const old = checkpointFile.test(name) && !kept.includes(name);
    if (old || name.endsWith(temporaryEnding)) await rm(join(folder, name), { force: true });
  }
}
