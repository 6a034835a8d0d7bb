import type { CommandEntry } from '../command.js';

export const diffCommand: CommandEntry = {
  name: 'diff',
  summary: 'Say what differs between two programs in meaning, not in text.',
  examples: [
    ['ebmc diff vicreg.ebm mine.ebm', 'data, views, networks, energies, terms, settings'],
    ['ebmc diff a.ebm b.ebm --model SimCLR', 'of this model alone'],
    ['ebmc diff a.ebm b.ebm --exit-code', 'for a script: status 1 where something differs'],
  ],
  define(command) {
    command
      .argument('<first>', 'a .ebm file')
      .argument('<second>', 'a .ebm file')
      .option('--model <name>', 'which model (default: those of one name, or the only one of each file)')
      .option('--exit-code', 'end with status 1 where something differs, else 0');
  },
  run: async (call) => (await import('../actions/diff.js')).runDiff(call),
};
