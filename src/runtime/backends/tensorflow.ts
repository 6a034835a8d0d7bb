import type { Backend, Presence } from './backend.js';
import { loadNative, type TfjsNode } from './load-native.js';
import { inspectNative, nativeFolder } from './native-folder.js';
import { useTfjs } from './tfjs.js';

interface Found extends Presence {
  readonly folder?: string;
  readonly gpu?: boolean;
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
      return { state: 'ready', detail: `${what}, in ${folder}`, folder, gpu: manifest.gpu };
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
    loadTfjsNode();
    await useTfjs('tensorflow');
  },
};

/** tfjs-node itself, loaded at most once; throws where there is none. */
export function loadTfjsNode(): TfjsNode {
  const found = findNative();
  if (found.folder === undefined || found.gpu === undefined) throw new Error(found.detail);
  return loadNative(found.folder, found.gpu);
}
