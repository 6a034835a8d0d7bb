/** The tfjs backends that the tests run on: cpu, wasm, and the native one where `EBMC_NATIVE` names a folder that has tfjs-node. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { loadNative, type TfjsNode } from '../../src/runtime/backends/load-native.js';

const native = process.env['EBMC_NATIVE'];

export const backends: readonly string[] = ['cpu', 'wasm', ...(native ? ['tensorflow'] : [])];

/** tfjs-node, which runs SavedModels; undefined where there is none. */
export function tfjsNode(): TfjsNode | undefined {
  return native ? loadNative(native, false) : undefined;
}

export async function useBackend(name: string): Promise<void> {
  const require = createRequire(import.meta.url);
  if (name === 'wasm') setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  if (name === 'tensorflow') tfjsNode();
  if (!(await tf.setBackend(name))) throw new Error(`no backend ${name}`);
  await tf.ready();
}
