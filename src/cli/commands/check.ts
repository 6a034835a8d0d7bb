import type { CommandEntry } from '../command.js';
import { collect, positiveInteger } from '../parse-options.js';

export const checkCommand: CommandEntry = {
  name: 'check',
  summary: 'Check a program: names, shapes, and whether its objective can collapse.',
  examples: [
    ['ebmc check simclr.ebm', 'print what is wrong'],
    ['ebmc check simclr.ebm --explain', 'and why it does not collapse'],
    ['ebmc check simclr.ebm --cost', 'and what a step takes: memory, FLOPs, parameters'],
    ['ebmc check simclr.ebm --canonical', 'and its objective with every reduction explicit'],
    ['ebmc check simclr.ebm --json', 'the same for an editor or a script'],
  ],
  define(command) {
    command
      .argument('<file>', 'a .ebm file')
      .option('--explain', 'say what keeps each model from collapsing, and where its terms are if nothing is learned')
      .option('--cost', 'print the parameters, the FLOPs and the memory of a step')
      .option(
        '--canonical',
        'print what each model means: views, networks, energies, terms with every reduction explicit',
      )
      .option('--batch <n>', 'examples in a step', positiveInteger)
      .option('--micro-batch <n>', 'examples computed at a time', positiveInteger)
      .option('--allow <code>', 'only warn of this collapse diagnostic, e.g. EBM3001; may be repeated', collect)
      .option('--set <setting>', 'change a setting, e.g. SimCLR.temperature=0.2; may be repeated', collect);
  },
  run: async (call) => (await import('../actions/check.js')).runCheck(call),
};
