import type { CommandEntry } from '../command.js';

export const checkCommand: CommandEntry = {
  name: 'check',
  summary: 'Check a program: names, shapes, and whether its objective can collapse.',
  examples: [
    ['ebmc check simclr.ebm', 'print what is wrong'],
    ['ebmc check simclr.ebm --json', 'the same for an editor or a script'],
  ],
  define(command) {
    command.argument('<file>', 'a .ebm file');
  },
  run: async (call) => (await import('../actions/check.js')).runCheck(call),
};
