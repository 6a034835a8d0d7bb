/** Loads a run's checkpoint and says clearly what does not fit. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateDecl } from '../../compiler/graph/types.js';
import { EbmcError, report } from '../../diagnostics/index.js';
import type { HostTensor } from '../model.js';
import { type Manifest, manifestName, parseManifest } from './manifest.js';
import { decodeSafetensors } from './safetensors.js';

export interface Checkpoint {
  readonly path: string;
  readonly manifest: Manifest;
  readonly states: Readonly<Record<string, HostTensor>>;
}

/** The manifest of the run in `folder`; undefined if it has no checkpoint. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, manifestName);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw damaged(path, error);
  });
  if (text === undefined) return undefined;
  try {
    return parseManifest(text);
  } catch (error) {
    throw damaged(path, error);
  }
}

export async function loadCheckpoint(folder: string): Promise<Checkpoint> {
  const manifest = await readManifest(folder);
  if (!manifest) throw new EbmcError([report('EBM5009', { path: folder })]);
  const path = join(folder, manifest.file);
  return { path, manifest, states: await loadStates(path, manifest.sha256) };
}

/** The states at the end of each stage that the run has finished. */
export async function loadStageEnds(folder: string): Promise<readonly Checkpoint['states'][]> {
  const manifest = await readManifest(folder);
  const ends: Checkpoint['states'][] = [];
  for (const { file, sha256 = '' } of manifest?.order.stages ?? [])
    if (file !== undefined) ends.push(await loadStates(join(folder, file), sha256));
  return ends;
}

async function loadStates(path: string, sha256: string): Promise<Checkpoint['states']> {
  try {
    const bytes = await readFile(path);
    const { tensors } = decodeSafetensors(bytes);
    const sum = createHash('sha256').update(bytes).digest('hex');
    if (sum !== sha256) throw new Error('its contents do not have the checksum that the manifest records');
    return tensors;
  } catch (error) {
    throw damaged(path, error);
  }
}

function damaged(path: string, error: unknown): EbmcError {
  return new EbmcError([report('EBM5007', { path, problem: (error as Error).message })]);
}

/** Throws EBM5006, naming the first difference, unless the checkpoint has exactly the model's states. */
export function requireSameStates({ path, states }: Checkpoint, declared: readonly StateDecl[]): void {
  for (const { name, type } of declared) {
    const expected = `${type.dtype}[${type.shape.join(', ')}]`;
    const saved = states[name];
    const found = saved ? tensorType(saved) : 'absent';
    if (found !== expected) throw foreign(path, name, expected, found);
  }
  const known = new Set(declared.map(({ name }) => name));
  const extra = Object.keys(states).find((name) => !known.has(name));
  if (extra !== undefined) throw foreign(path, extra, 'absent', tensorType(states[extra]!));
}

function tensorType({ shape, data }: HostTensor): string {
  return `${data instanceof Float32Array ? 'float32' : 'int32'}[${shape.join(', ')}]`;
}

function foreign(path: string, state: string, expected: string, found: string): EbmcError {
  return new EbmcError([report('EBM5006', { path, state, expected, found })]);
}
