import type { Backend } from './backend.js';

interface Navigator {
  readonly gpu?: { requestAdapter(): Promise<object | null> };
}

/** Node has no WebGPU of its own; the entry is there so that `doctor` and `--backend webgpu` say so. */
export const webgpuBackend: Backend = {
  name: 'webgpu',
  title: 'WebGPU (browsers)',
  async probe() {
    const { navigator } = globalThis as { navigator?: Navigator };
    if (!navigator?.gpu) return { state: 'missing', detail: 'this Node has no navigator.gpu' };
    if (!(await navigator.gpu.requestAdapter())) return { state: 'missing', detail: 'no graphics adapter was found' };
    return { state: 'missing', detail: 'ebmc does not run on WebGPU from Node yet' };
  },
  async activate() {
    throw new Error((await webgpuBackend.probe()).detail);
  },
};
