import { backendOption } from '../backend-option.js';
import type { CommandEntry } from '../command.js';
import { collect, positiveInteger, positiveNumber } from '../parse-options.js';

export const compareCommand: CommandEntry = {
  name: 'compare',
  summary:
    'Train and measure what a `compare` item lists, or the models of several files, on equal terms; only what is not there yet is computed.',
  examples: [
    ['ebmc compare digits.ebm', 'into runs/compare-digits; the same line goes on after an interruption'],
    ['ebmc compare digits.ebm --epochs 1 --seeds 1', 'a quick look first'],
    [
      'ebmc compare simclr.ebm vicreg.ebm --seeds 3',
      'models of files, on the data of the first and trained as it says',
    ],
    ['ebmc compare a.ebm b.ebm --data mine.ebm:photos', 'the same on the data set `photos` that mine.ebm declares'],
    ['ebmc compare digits.ebm --set SimCLR.temperature=0.1', 'with another setting'],
  ],
  define(command) {
    command
      .argument('<files...>', 'a .ebm file with a `compare` item, or several files with models')
      .addOption(backendOption())
      .option('--out <dir>', "the comparison's folder (default: runs/compare-FILE)")
      .option(
        '--data <file>',
        "whose data is used, FILE or FILE:NAME (default: the first file's); models then come from files",
      )
      .option('--epochs <n>', 'the budget of each run, in passes over the data', positiveNumber)
      .option('--seeds <n>', 'how many seeds', positiveInteger)
      .option('--jobs <n>', 'runs at a time (default: one for each eight cores)', positiveInteger)
      .option('--allow <code>', 'only warn of this collapse diagnostic, e.g. EBM3001; may be repeated', collect)
      .option('--set <setting>', 'change a setting, e.g. compare.batch=256; may be repeated', collect)
      .option('--watch', 'serve a page on this machine that follows the runs')
      .option('--strict', 'refuse damaged examples instead of skipping them');
  },
  run: async (call) => (await import('../actions/compare.js')).runCompare(call),
};
