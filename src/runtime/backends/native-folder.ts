/** Where `ebmc setup` puts the native backend, and the manifest that says what is in it. */
import { readFileSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export const tensorflowVersion = '2.21.0';
export const tfjsNodeVersion = '4.22.0';
/**
 * 2: tensors have memory of their own (see setup/own-memory.ts); 3: with a module that keeps the greeting quiet; 4: sessions run graphs as
 * they are (see setup/plain-sessions.ts); 5: on GPUs too, where tensors stay with the processor (see setup/host-tensors.ts), and all of CUDA's
 * libraries are found.
 */
export const bindingVersion = 5;
/** The oldest that works on processors, and on GPUs; `ebmc setup` builds the newest in its place. */
const oldestBindings = { processors: 3, gpus: 5 };

/** Written last by setup: its presence means that the build was finished and checked. */
export interface NativeManifest {
  readonly tensorflow: string;
  readonly tfjsNode: string;
  /** Of the way the binding is compiled; absent in builds before it was counted. */
  readonly binding?: number;
  readonly gpu: boolean;
  readonly platform: string;
  /** Path inside the folder → size in bytes, of the files that loading needs. */
  readonly files: Readonly<Record<string, number>>;
}

export const manifestName = 'ebmc-native.json';

export function nativeFolder(gpu: boolean): string {
  const chosen = process.env['EBMC_NATIVE_DIR'];
  if (chosen) return resolve(chosen);
  return join(userDataFolder(), 'ebmc', `native-${gpu ? 'gpu-' : ''}${tensorflowVersion}`);
}

function userDataFolder(): string {
  const local = { win32: process.env['LOCALAPPDATA'], darwin: join(homedir(), 'Library', 'Application Support') };
  if (process.platform === 'win32' || process.platform === 'darwin') {
    const folder = local[process.platform];
    if (folder) return folder;
  }
  return process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share');
}

export type NativeState =
  | { readonly state: 'missing' }
  | { readonly state: 'damaged'; readonly why: string }
  | { readonly state: 'ready'; readonly manifest: NativeManifest };

/** Compares the folder with its manifest: sizes only, so that it costs nothing. */
export function inspectNative(folder: string): NativeState {
  let text: string;
  try {
    text = readFileSync(join(folder, manifestName), 'utf8');
  } catch {
    return { state: 'missing' };
  }
  let manifest: NativeManifest;
  try {
    manifest = JSON.parse(text) as NativeManifest;
    if (typeof manifest.files !== 'object' || manifest.files === null) throw new Error('no files');
  } catch {
    return { state: 'damaged', why: `${manifestName} cannot be read` };
  }
  if (manifest.platform !== platformName())
    return { state: 'damaged', why: `it was built for ${manifest.platform}, this is ${platformName()}` };
  const oldest = manifest.gpu ? oldestBindings.gpus : oldestBindings.processors;
  if (manifest.binding === undefined || manifest.binding < oldest || manifest.binding > bindingVersion)
    return { state: 'damaged', why: 'it was built by an earlier version of ebmc, with a fault that is mended since' };
  for (const [path, size] of Object.entries(manifest.files)) {
    const found = statSync(join(folder, path), { throwIfNoEntry: false })?.size;
    if (found === undefined) return { state: 'damaged', why: `${path} is missing` };
    if (found !== size) return { state: 'damaged', why: `${path} has ${found} bytes where ${size} were built` };
  }
  return { state: 'ready', manifest };
}

/** Whether a file that loading needs was written after the folder was finished, or found to work. */
export function changedSince(folder: string, { files }: NativeManifest): boolean {
  const finished = statSync(join(folder, manifestName)).mtimeMs;
  return Object.keys(files).some((path) => statSync(join(folder, path)).mtimeMs > finished);
}

/** Remembers that the folder as it is now works. */
export function markWorking(folder: string): void {
  const now = new Date();
  try {
    utimesSync(join(folder, manifestName), now, now);
  } catch {
    // Someone else's folder: it is tried again the next time.
  }
}

export function platformName(): string {
  return `${process.platform}-${process.arch}`;
}

export function tfjsNodePackage(gpu: boolean): string {
  return gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
}
