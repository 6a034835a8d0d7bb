/** Loads tfjs-node from the native folder. It shares tfjs's engine with our own tfjs-core through a global. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { tfjsNodePackage } from './native-folder.js';
import { quietModuleName } from './setup/quiet-stderr.js';

/** A signature of a SavedModel that is loaded in a session. */
export interface LoadedSignature {
  predict(inputs: Readonly<Record<string, tf.Tensor>>): Readonly<Record<string, tf.Tensor>>;
  dispose(): void;
}

/** tfjs-node, as far as tfjs-core does not have it. Signatures of one folder share a session. */
export interface TfjsNode {
  readonly node: {
    loadSavedModel(folder: string, tags: readonly string[], signature: string): Promise<LoadedSignature>;
  };
}

export function loadNative(folder: string, gpu: boolean): TfjsNode {
  // TensorFlow's own log: warnings and errors only, unless the user asks for more.
  const wantsLog = process.env['TF_CPP_MIN_LOG_LEVEL'] !== undefined;
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // oneDNN's kernels, which TensorFlow leaves off on processors without AVX-512: a SimCLR step takes 392 ms with them and 482 without on AVX2.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1';
  if (gpu) prepareGpu(join(folder, 'wheel', 'nvidia', 'cuda_nvcc'));
  restoreRemovedUtil();
  // A second copy of tfjs-core says that platform and kernels are registered already; production mode silences that.
  tf.enableProdMode();
  const deprecations = process.noDeprecation;
  process.noDeprecation = true; // tfjs-node's dependencies use node:punycode
  const load = createRequire(join(folder, 'package.json'));
  const quiet = wantsLog ? undefined : (load(`./${quietModuleName}`) as { silence(): void; restore(): void });
  quiet?.silence();
  try {
    return load(tfjsNodePackage(gpu)) as TfjsNode;
  } finally {
    quiet?.restore();
    process.noDeprecation = deprecations ?? false;
  }
}

/**
 * On a GPU, sessions compile what they run and is not marked: a step is two or three calls then instead of hundreds of kernels. No effect on
 * processors. Products stay with cuBLAS: to try the compiler's own for each of a small MAE takes 30 seconds more, and gains a tenth.
 */
function prepareGpu(cuda: string): void {
  // Memory as it is needed, so that others can use the card too; TensorFlow would take all of it at once.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  process.env['TF_XLA_FLAGS'] ??= '--tf_xla_auto_jit=2 --tf_xla_enable_lazy_compilation=false';
  // Where its assembler is: said where it can be, it is looked for as well.
  const place = /\s/.test(cuda) ? [] : [`--xla_gpu_cuda_data_dir=${cuda}`];
  process.env['XLA_FLAGS'] ??= ['--xla_gpu_enable_triton_gemm=false', ...place].join(' ');
}

/** tfjs-node 4.22 calls two functions of node:util that Node 22 warns of and Node 23 removed. */
function restoreRemovedUtil(): void {
  const old = util as { isArray?: (x: unknown) => boolean; isNullOrUndefined?: (x: unknown) => boolean };
  old.isArray = Array.isArray;
  old.isNullOrUndefined = (x) => x === null || x === undefined;
}
