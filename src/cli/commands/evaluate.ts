import { backendOption } from '../backend-option.js';
import type { CommandEntry } from '../command.js';
import { dataFolderOption } from '../data-folder.js';

export const evaluateCommand: CommandEntry = {
  name: 'evaluate',
  summary: 'Measure the model of a run: k-NN and linear probe, beside untrained and raw input.',
  examples: [
    ['ebmc evaluate runs/SimCLR', 'print the table'],
    ['ebmc evaluate runs/SimCLR --json', 'the same for a script'],
    ['ebmc evaluate moved/SimCLR --data ~/study', 'of a run that was moved: its data paths start from ~/study'],
  ],
  define(command) {
    command
      .argument('<run>', "a run's folder")
      .addOption(backendOption())
      .addOption(dataFolderOption())
      .option('--strict', 'refuse damaged examples instead of skipping them');
  },
  run: async (call) => (await import('../actions/evaluate.js')).runEvaluate(call),
};
