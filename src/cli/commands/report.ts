import { Option } from 'commander';
import type { CommandEntry } from '../command.js';

export const reportCommand: CommandEntry = {
  name: 'report',
  summary: 'Make a page, or tables, of a comparison or a run: one file that needs no network.',
  examples: [
    ['ebmc report runs/compare-digits', 'write report.html into the folder'],
    ['ebmc report runs/SimCLR --format markdown --out -', 'print tables of a run'],
    ['ebmc report runs/compare-digits --format brief --out -', 'the ranking alone, as Markdown for a message'],
    ['ebmc report runs/SimCLR --format tensorboard --out events', 'event files for TensorBoard'],
  ],
  define(command) {
    command
      .argument('<folder>', 'of a comparison or a run, or a comparison.json')
      .option('--out <file>', 'where it is written; - prints it (default: report.html, .md or .json in the folder)')
      .addOption(
        new Option('--format <name>', 'what is written')
          .choices(['html', 'markdown', 'brief', 'json', 'tensorboard'])
          .default('html'),
      );
  },
  run: async (call) => (await import('../actions/report.js')).runReport(call),
};
