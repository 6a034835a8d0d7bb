import { backendOption } from '../backend-option.js';
import type { CommandEntry } from '../command.js';
import { collect } from '../parse-options.js';

export const importCommand: CommandEntry = {
  name: 'import',
  summary: 'Start a run from an encoder that was trained elsewhere.',
  examples: [
    ['ebmc import resnet.ebm --weights f=resnet18.safetensors --names torch_resnet18 --out runs/R', 'a run of 0 steps'],
    ['ebmc evaluate runs/R', 'measure it'],
    ['ebmc train resnet.ebm --out runs/R --resume', 'train it further'],
  ],
  define(command) {
    command
      .argument('<file>', 'a .ebm file with a `train` item')
      .requiredOption('--weights <encoder=file>', 'the encoder and its weights as safetensors')
      .requiredOption('--names <list>', 'how its states are called there: torch_resnet18, or a JSON file')
      .requiredOption('--out <dir>', 'the folder of the run')
      .option('--model <name>', 'which model, where the file has several')
      .addOption(backendOption())
      .option('--set <setting>', 'change a setting, e.g. train.batch=64; may be repeated', collect);
  },
  run: async (call) => (await import('../actions/import.js')).runImport(call),
};
