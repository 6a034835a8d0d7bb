import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.js';
import { useTfjs } from './tfjs.js';

export const cpuBackend: Backend = {
  name: 'cpu',
  title: 'plain JavaScript (slow, always there)',
  async probe() {
    return { state: 'ready', detail: `tfjs ${tf.version_core}` };
  },
  async activate() {
    await import('@tensorflow/tfjs-backend-cpu');
    await useTfjs('cpu');
  },
};
