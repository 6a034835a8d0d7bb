import { backendOption } from '../backend-option.js';
import type { CommandEntry } from '../command.js';
import { collect, positiveInteger, positiveNumber, wholeNumber } from '../parse-options.js';

export const trainCommand: CommandEntry = {
  name: 'train',
  summary: 'Train a model as its `train` item says, then measure it as its `evaluate` item says.',
  examples: [
    ['ebmc train simclr.ebm', 'train into runs/SimCLR'],
    ['ebmc train simclr.ebm --epochs 20 --set SimCLR.temperature=0.2', 'with other settings'],
    ['ebmc train simclr.ebm --batch 4096 --memory 6', 'a large batch in micro-batches'],
    ['ebmc train simclr.ebm --resume', 'go on with the latest run'],
  ],
  define(command) {
    command
      .argument('<file>', 'a .ebm file')
      .option('--model <name>', 'which model, where the file has several')
      .addOption(backendOption())
      .option('--out <dir>', "the run's folder (default: the next free runs/MODEL)")
      .option('--resume', 'go on from the last checkpoint of the folder')
      .option('--overwrite', 'replace a run that the folder holds')
      .option('--epochs <n>', 'passes over the data', positiveNumber)
      .option('--batch <n>', 'examples in a step', positiveInteger)
      .option(
        '--micro-batch <n>',
        'examples computed at a time: less memory, the same loss and gradient',
        positiveInteger,
      )
      .option('--memory <GB>', 'choose the micro-batch such that a step needs no more than this', positiveNumber)
      .option('--seed <n>', 'of the initial parameters, the order of the data and every random draw', wholeNumber)
      .option('--allow <code>', 'only warn of this collapse diagnostic, e.g. EBM3001; may be repeated', collect)
      .option('--set <setting>', 'change a setting, e.g. train.optimizer.rate=1e-3; may be repeated', collect)
      .option('--strict', 'refuse damaged examples instead of skipping them')
      .option('--profile', 'write a trace of where the time goes, and print the costliest operations')
      .option('--watch', 'serve a page on this machine that follows the run')
      .option('--no-evaluate', 'do not measure the model at the end');
  },
  run: async (call) => (await import('../actions/train.js')).runTrain(call),
};
