import * as tf from '@tensorflow/tfjs-core';
import { report } from '../../diagnostics/index.js';
import type { Backend, Presence } from './backend.js';
import { loadNative, type TfjsNode } from './load-native.js';
import { changedSince, inspectNative, markWorking, type NativeManifest, nativeFolder } from './native-folder.js';
import { useTfjs } from './tfjs.js';
import { tryBackend } from './try-backend.js';

interface Found extends Presence {
  readonly folder?: string;
  readonly manifest?: NativeManifest;
}

/** The GPU build where there is one, else the CPU build. */
function findNative(): Found {
  let damaged: Found | undefined;
  for (const gpu of [true, false]) {
    const folder = nativeFolder(gpu);
    const native = inspectNative(folder);
    if (native.state === 'ready') {
      const { manifest } = native;
      const what = `TensorFlow ${manifest.tensorflow}${manifest.gpu ? ' with CUDA' : ''}, tfjs-node ${manifest.tfjsNode}`;
      return { state: 'ready', detail: `${what}, in ${folder}`, folder, manifest };
    }
    if (native.state === 'damaged') {
      const remedy = `ebmc setup${gpu && !process.env['EBMC_NATIVE_DIR'] ? ' --gpu' : ''}`;
      damaged ??= { state: 'damaged', detail: `${native.why}, in ${folder}`, remedy };
    }
  }
  return damaged ?? { state: 'missing', detail: 'not built yet', remedy: 'ebmc setup' };
}

export const tensorflowBackend: Backend = {
  name: 'tensorflow',
  title: 'native TensorFlow (the fastest)',
  async probe() {
    const { state, detail, remedy } = findNative();
    return remedy === undefined ? { state, detail } : { state, detail, remedy };
  },
  async activate() {
    await requireNoCrash();
    loadTfjsNode();
    await useTfjs('tensorflow');
  },
  remarks: () => (findNative().manifest?.gpu && !usesGpu() ? [report('EBM6013', {})] : []),
};

const trialMark = 'EBMC_NATIVE_TRIAL';

/** A library that was changed may end the process that loads it: another process tries it first, once. */
async function requireNoCrash(): Promise<void> {
  const { folder, manifest } = findNative();
  if (folder === undefined || manifest === undefined || process.env[trialMark]) return;
  if (!changedSince(folder, manifest)) return;
  const trial = await tryBackend('tensorflow', { EBMC_NATIVE_DIR: folder, [trialMark]: '1' });
  if (!trial.works) throw new Error(`in another process ${trial.why}; its files were changed after they were built`);
  markWorking(folder);
}

/** tfjs-node itself, loaded at most once; throws where there is none. */
export function loadTfjsNode(): TfjsNode {
  const found = findNative();
  if (found.folder === undefined || found.manifest === undefined) throw new Error(found.detail);
  return loadNative(found.folder, found.manifest.gpu);
}

/** Whether the backend that tfjs computes on is the native one and has a GPU; only once it was chosen. */
export function usesGpu(): boolean {
  const backend = tf.backend() as { readonly isUsingGpuDevice?: boolean };
  return backend.isUsingGpuDevice ?? false;
}
