import { backendOption } from '../backend-option.js';
import type { CommandEntry } from '../command.js';
import { dataFolderOption } from '../data-folder.js';
import { positiveInteger, positiveNumber, wholeNumber } from '../parse-options.js';

export const inferCommand: CommandEntry = {
  name: 'infer',
  summary:
    'Ask the trained energy of a run: score pairs, rank candidates, minimise over an argument, plan actions, draw samples.',
  examples: [
    ['ebmc infer runs/SimCLR score 0,1,2 3,4,5', 'the energy of three pairs of examples'],
    ['ebmc infer runs/SimCLR rank 7 0..999 --top 5', 'which of a thousand examples fit example 7 best'],
    ['ebmc infer runs/CLIP rank cat.png names.txt', 'which line of a file says best what a picture shows'],
    [
      'ebmc infer runs/EBM minimise 0..7 --noise 0.3 --steps 40 --out denoised',
      'remove noise by going down the energy',
    ],
    ['ebmc infer runs/EBM minimise 0..7 --hide 14:28,0:28 --out filled', 'fill in what is hidden'],
    [
      'ebmc infer runs/World plan 0 noise upright.json --over actions',
      'which actions lead from an observation to those of a file',
    ],
    [
      'ebmc infer runs/World plan - noise upright.json --over actions --json',
      'the same for each line of standard input, an observation',
    ],
    ['ebmc infer runs/EBM sample noise --count 16 --steps 200 --out drawn', 'draw by Langevin dynamics'],
  ],
  define(command) {
    command
      .argument('<run>', "a run's folder")
      .argument('<mode>', 'score, rank, minimise, plan or sample')
      .argument(
        '<points...>',
        'for each argument of the energy: rows of the data set (3, 0..9, 1,4), `noise`, a picture, a JSON file, `text:…` or a .txt file with a text a line; for `plan` also `-`: standard input, a JSON array a line',
      )
      .addOption(backendOption())
      .addOption(dataFolderOption())
      .option('--energy <name>', 'which energy (default: the only one)')
      .option('--split <name>', 'which split rows are of (default: test)')
      .option('--over <argument>', 'which argument is moved, or ranked (default: the last)')
      .option('--top <n>', 'how many candidates `rank` tells (default: 10)', positiveInteger)
      .option(
        '--count <n>',
        'how many points `noise` is (default: 16); how many `plan` draws a round (default: 256)',
        positiveInteger,
      )
      .option(
        '--steps <n>',
        'steps of `minimise` and `sample` (default: 50), rounds of `plan` (default: 5)',
        positiveInteger,
      )
      .option('--rate <x>', 'how far a step goes down the slope (default: 0.1)', positiveNumber)
      .option(
        '--noise <x>',
        'what `minimise` adds to its start, `sample` in each step (default: 0; 0.005); how far around its start `plan` first draws (default: 1)',
        positiveNumber,
      )
      .option('--hide <ranges>', '`minimise` and `sample`: what alone may change, hidden at the start, e.g. 14:28,0:28')
      .option('--low <x>', 'values stay above (default: 0 for pictures)', Number)
      .option('--high <x>', 'values stay below (default: 1 for pictures)', Number)
      .option('--seed <n>', 'of noise and draws', wholeNumber)
      .option('--out <dir>', 'the folder for points found: PNG for pictures, and points.json');
  },
  run: async (call) => (await import('../actions/infer.js')).runInfer(call),
};
