import type { CommandEntry } from '../command.js';

export const setupCommand: CommandEntry = {
  name: 'setup',
  summary: "Build the native backend from TensorFlow's Python package and tfjs-node (under a minute).",
  examples: [
    ['ebmc setup', 'build it, or say that it is there'],
    ['ebmc setup --gpu', 'the one for NVIDIA graphics cards'],
    ['ebmc setup --force', 'build it again'],
  ],
  define(command) {
    command
      .option('--gpu', 'with CUDA, for NVIDIA graphics cards (about 3 GB)')
      .option('--python <path>', 'the Python whose pip fetches TensorFlow (default: python3)')
      .option('--force', 'build even where a working one is there');
  },
  run: async (call) => (await import('../actions/setup.js')).runSetup(call),
};
