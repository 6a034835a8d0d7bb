import { Argument, Option } from 'commander';
import type { CommandEntry } from '../command.js';
import { positiveInteger } from '../parse-options.js';

export const tokenizerCommand: CommandEntry = {
  name: 'tokenizer',
  summary: 'Train a tokenizer on texts.',
  examples: [
    ['ebmc tokenizer train books/*.txt --vocab 8000', 'byte-level BPE, written to tokenizer.json'],
    ['ebmc tokenizer train books/*.txt --vocab 30000 --kind wordpiece --out bert.json', "WordPiece as BERT's"],
  ],
  define(command) {
    command
      .addArgument(new Argument('<action>', 'what to do').choices(['train']))
      .argument('<files...>', 'texts in UTF-8')
      .option('--vocab <n>', 'tokens at most, special ones included', positiveInteger, 8000)
      .addOption(new Option('--kind <kind>', 'of tokenizer').choices(['bpe', 'wordpiece', 'unigram']).default('bpe'))
      .option('--out <file>', 'where to write', 'tokenizer.json')
      .option('--strict', 'refuse texts that cannot be read instead of skipping them');
  },
  run: async (call) => (await import('../actions/tokenizer.js')).runTokenizer(call),
};
