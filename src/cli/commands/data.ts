import { backendOption } from '../backend-option.js';
import type { CommandEntry } from '../command.js';
import { wholeNumber } from '../parse-options.js';

export const dataCommand: CommandEntry = {
  name: 'data',
  summary: 'Show what the data sets of a file hold, and the views that a model makes of them.',
  examples: [
    ['ebmc data simclr.ebm', 'counts, shapes, values and classes'],
    ['ebmc data simclr.ebm --out sheets', 'also pictures of examples and of their views'],
    ['ebmc data simclr.ebm --json', 'the same for a script'],
  ],
  define(command) {
    command
      .argument('<file>', 'a .ebm file')
      .addOption(backendOption())
      .option('--dataset <name>', 'which data set (default: all)')
      .option('--model <name>', 'whose views (default: those of each model that trains on the data set)')
      .option('--out <dir>', 'the folder for pictures of examples and views')
      .option('--seed <n>', 'of the draws of the views', wholeNumber)
      .option('--strict', 'refuse damaged examples instead of skipping them');
  },
  run: async (call) => (await import('../actions/data.js')).runData(call),
};
