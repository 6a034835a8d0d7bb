import { Option } from 'commander';
import type { CommandEntry } from '../command.js';
import { collect, positiveInteger } from '../parse-options.js';

export const stages = ['syntax', 'typed', 'graph', 'optimized', 'tfjs'] as const;
export type Stage = (typeof stages)[number];

export const compileCommand: CommandEntry = {
  name: 'compile',
  summary: 'Compile a model to code, or print a stage of its compilation.',
  examples: [
    ['ebmc compile simclr.ebm --target tfjs --out build', 'write a TypeScript module for tfjs'],
    ['ebmc compile simclr.ebm --target tensorflow --out build', 'write a SavedModel for TensorFlow'],
    ['ebmc compile simclr.ebm --emit graph', 'print the tensor program of a step'],
  ],
  define(command) {
    command
      .argument('<file>', 'a .ebm file')
      .addOption(new Option('--target <target>', 'what to write').choices(['tfjs', 'tensorflow']).default('tfjs'))
      .option('--out <dir>', 'the folder for the code; without it, it is printed')
      .addOption(new Option('--emit <stage>', 'print a stage instead').choices([...stages]))
      .option('--model <name>', 'which model, where the file has several')
      .option('--batch <n>', 'examples in a step (default: from the `train` item, else 128)', positiveInteger)
      .option('--allow <code>', 'only warn of this collapse diagnostic, e.g. EBM3001; may be repeated', collect)
      .option('--set <setting>', 'change a setting, e.g. SimCLR.temperature=0.2; may be repeated', collect);
  },
  run: async (call) => (await import('../actions/compile.js')).runCompile(call),
};
