import type { CommandEntry } from '../command.js';
import { positiveInteger } from '../parse-options.js';

export const exportCommand: CommandEntry = {
  name: 'export',
  summary: 'Write the trained representation of a run for use elsewhere.',
  examples: [
    ['ebmc export runs/SimCLR --format onnx --out simclr.onnx', 'for ONNX Runtime and what else reads ONNX'],
    ['ebmc export runs/SimCLR --format tfjs --out web/simclr', 'for browsers: model.json and weights'],
    ['ebmc export runs/SimCLR --format saved-model --out simclr', 'for TensorFlow and TF Serving'],
    ['ebmc export runs/SimCLR --format safetensors --out f.safetensors', 'the weights alone, by name'],
  ],
  define(command) {
    command
      .argument('<run>', "a run's folder")
      .requiredOption('--format <format>', 'safetensors, onnx, saved-model or tfjs')
      .requiredOption('--out <path>', 'the file (safetensors, onnx) or folder (saved-model, tfjs)')
      .option('--batch <n>', 'examples in a call (default: any number)', positiveInteger)
      .option('--overwrite', 'replace an earlier export');
  },
  run: async (call) => (await import('../actions/export.js')).runExport(call),
};
