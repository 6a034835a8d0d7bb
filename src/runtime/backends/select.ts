/** Chooses a backend and makes it tfjs's: by name, or the first that works. */
import { type Diagnostic, EbmcError, report } from '../../diagnostics/index.js';
import { type Backend, type BackendName, backendNames, type Presence } from './backend.js';
import { cpuBackend } from './cpu.js';
import { tensorflowBackend } from './tensorflow.js';
import { wasmBackend } from './wasm.js';
import { webgpuBackend } from './webgpu.js';

/** In the order in which `auto` tries them. */
export const backends: readonly Backend[] = [tensorflowBackend, webgpuBackend, wasmBackend, cpuBackend];

export interface Selection {
  readonly name: BackendName;
  readonly detail: string;
  /** One warning for each damaged backend that `auto` went past, and what there is to tell of the one that was taken. */
  readonly warnings: readonly Diagnostic[];
}

export async function selectBackend(wanted: string): Promise<Selection> {
  if (wanted === 'auto') return firstThatWorks();
  const backend = backends.find(({ name }) => name === wanted);
  if (!backend) throw new EbmcError([report('EBM6006', { name: wanted, known: backendNames })]);
  const presence = await backend.probe();
  const why = presence.state === 'ready' ? await failureOf(backend) : presence.detail;
  if (why !== undefined)
    throw new EbmcError([report('EBM6001', { backend: wanted, why, remedy: remedyOf(backend, presence) })]);
  return { name: backend.name, detail: presence.detail, warnings: backend.remarks?.() ?? [] };
}

async function firstThatWorks(): Promise<Selection> {
  const warnings: Diagnostic[] = [];
  for (const backend of backends) {
    const presence = await backend.probe();
    if (presence.state === 'missing') continue;
    const why = presence.state === 'damaged' ? presence.detail : await failureOf(backend);
    if (why === undefined)
      return { name: backend.name, detail: presence.detail, warnings: [...warnings, ...(backend.remarks?.() ?? [])] };
    warnings.push(report('EBM6002', { backend: backend.name, why, remedy: remedyOf(backend, presence) }));
  }
  throw new EbmcError([report('EBM6001', { backend: 'cpu', why: 'it does not start', remedy: 'npm ci' }), ...warnings]);
}

/** Activates the backend; what went wrong in one line, or undefined. */
async function failureOf(backend: Backend): Promise<string | undefined> {
  try {
    await backend.activate();
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? 'it does not start';
  }
}

function remedyOf(backend: Backend, presence: Presence): string | undefined {
  return presence.remedy ?? (backend.name === 'tensorflow' ? 'ebmc setup --force' : undefined);
}
