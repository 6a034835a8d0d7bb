import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type { Backend } from './backend.js';
import { useTfjs } from './tfjs.js';

const require = createRequire(import.meta.url);

/** The folder with tfjs's .wasm files, ending in a separator as setWasmPaths wants. */
function wasmFolder(): string {
  return join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist') + sep;
}

export const wasmBackend: Backend = {
  name: 'wasm',
  title: 'WebAssembly with SIMD (the default, needs no setup)',
  async probe() {
    const remedy = 'npm ci';
    try {
      if (!existsSync(join(wasmFolder(), 'tfjs-backend-wasm-simd.wasm')))
        return { state: 'damaged', detail: 'its .wasm files are not in node_modules', remedy };
      const { version } = require('@tensorflow/tfjs-backend-wasm/package.json') as { version: string };
      return { state: 'ready', detail: `tfjs ${version}` };
    } catch {
      return { state: 'missing', detail: '@tensorflow/tfjs-backend-wasm is not in node_modules', remedy };
    }
  },
  async activate() {
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(wasmFolder());
    await useTfjs('wasm');
  },
};
