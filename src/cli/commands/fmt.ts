import type { CommandEntry } from '../command.js';

export const fmtCommand: CommandEntry = {
  name: 'fmt',
  summary: 'Format programs in place; folders are searched for .ebm files.',
  examples: [
    ['ebmc fmt simclr.ebm', 'format one file'],
    ['ebmc fmt --check std examples', 'change nothing; status 1 if a file is not formatted'],
  ],
  define(command) {
    command.argument('<files...>', 'files or folders').option('--check', 'only say which files are not formatted');
  },
  run: async (call) => (await import('../actions/fmt.js')).runFmt(call),
};
