/** Texts and sounds as data: what is missing, damaged, or of another size or rate than declared. */
import { code } from '../diagnostic.js';

export interface Skipped {
  readonly what: string;
  readonly count: number;
  readonly total: number;
  readonly files: readonly string[];
}

const list = ({ files, count }: Skipped): string => `${files.join(', ')}${count > files.length ? ', …' : ''}`;

export const textDataCodes = {
  EBM4040: code<{ file: string; reason: string }>({
    severity: 'error',
    title: 'Not a tokenizer',
    message: ({ file, reason }) => `cannot use ${file} as a tokenizer: ${reason}`,
    help: () => ['`ebmc tokenizer train FILES --vocab 8000 --out tokenizer.json` makes one'],
    explain: `A data set of texts names a \`tokenizer.json\`, the form of Hugging Face's tokenizers, and the file is not there, is not JSON or
has parts that cannot be used. Without the argument \`tokenizer\` every byte is a token (\`Tokens[length, 259]\`).`,
    wrong: 'dataset book = text("books/*.txt", tokenizer: "book.txt") { x: Tokens[64, 8000] }\n',
    right: 'dataset book = text("books/*.txt", tokenizer: "tokenizer.json") { x: Tokens[64, 8000] }\n',
  }),
  EBM4041: code<{
    dataset: string;
    field: string;
    tokenizer: string;
    tokens: number;
    declared: number;
    length: number;
  }>({
    severity: 'error',
    title: 'The vocabulary is too small for the tokenizer',
    message: ({ dataset, field, tokenizer, tokens, declared }) =>
      `field \`${field}\` of data set \`${dataset}\` has ids below ${declared}, but the tokenizer (${tokenizer}) has ${tokens} tokens`,
    help: ({ field, tokens, length }) => [
      `declare \`${field}: Tokens[${length}, ${tokens}]\` (also in the model), or train a tokenizer with fewer tokens`,
    ],
    explain: `\`Tokens[length, vocab]\` declares that every id is below \`vocab\`; a model's table of embeddings has as many rows. A tokenizer with
more tokens gives ids that have no row. A larger \`vocab\` than needed is fine: its last rows are never used.`,
    wrong: 'dataset book = text("books/*.txt", tokenizer: "tokenizer.json") { x: Tokens[64, 1000] }   // 8000 tokens\n',
    right: 'dataset book = text("books/*.txt", tokenizer: "tokenizer.json") { x: Tokens[64, 8000] }\n',
  }),
  EBM4042: code<Skipped>({
    severity: 'warning',
    title: 'Files were skipped',
    message: (slots) => `skipped ${slots.count} of ${slots.total} ${slots.what} that cannot be used: ${list(slots)}`,
    help: () => ['repair or delete them, or use --strict to refuse them'],
    explain: `Some files are empty, cut off, or not what their name says. They are named (the first ten), counted and left out; everything else is
used. With \`--strict\` this is an error (EBM4043). The reason for each is in the notes.`,
    wrong: `$ file books/*.txt
books/1.txt: UTF-8 text
books/2.txt: ISO-8859 text   # skipped
`,
    right: '$ iconv -f latin1 -t utf8 books/2.txt -o two.txt && mv two.txt books/2.txt\n',
  }),
  EBM4043: code<Skipped>({
    severity: 'error',
    title: 'Files that cannot be used',
    message: (slots) =>
      `${slots.count === slots.total ? `none of the ${slots.total} ${slots.what} can` : `${slots.count} of ${slots.total} ${slots.what} cannot`} be used: ${list(slots)}`,
    explain: `Files are empty, cut off, or not what their name says, and either \`--strict\` asks for all of them to be good or none is. The reason
for each of the first ten is in the notes. Without \`--strict\` bad files among good ones are skipped with a warning (EBM4042).

- Texts are UTF-8. \`iconv -f LATIN1 -t UTF-8 old.txt > new.txt\` converts another encoding.
- Sounds are WAV, FLAC, Ogg Vorbis or MP3.`,
    wrong: '$ ebmc train book.ebm --strict   # books/2.txt is not UTF-8\n',
    right: '$ ebmc train book.ebm            # it is skipped, with a warning\n',
  }),
  EBM4044: code<{ dataset: string; split: string; tokens: number; length: number }>({
    severity: 'error',
    title: 'Less text than one example',
    message: ({ dataset, split, tokens, length }) =>
      `the ${split} part of data set \`${dataset}\` has ${tokens} tokens, fewer than one example of ${length}`,
    help: () => ['declare a shorter length, give more text, or hold out another share with `test`'],
    explain: `Texts are joined and cut into examples of exactly the declared length; what is left at the end is dropped. Here nothing is left over
to make even one. With \`test: 0\` no text is held out.`,
    wrong: 'dataset line = text("notes/*.txt") { x: Tokens[1024, 259] }   // 300 bytes of text\n',
    right: 'dataset line = text("notes/*.txt") { x: Tokens[64, 259] }\n',
  }),
  EBM4045: code<{ dataset: string; field: string; declared: number; found: number }>({
    severity: 'error',
    title: 'Ids outside the vocabulary',
    message: ({ dataset, field, declared, found }) =>
      `field \`${field}\` of data set \`${dataset}\` is declared with ids from 0 to ${declared - 1}, but the data has ${found}`,
    explain: `The data already holds ids (whole numbers), and one of them is below 0 or not below the declared vocabulary. The tokenizer that made
them had more tokens.`,
    wrong: 'dataset ids = npz("ids.npz") { x: Tokens[64, 1000] }   // ids up to 4999\n',
    right: 'dataset ids = npz("ids.npz") { x: Tokens[64, 5000] }\n',
  }),
  EBM4046: code<{ tokenizer: string; missing: string }>({
    severity: 'error',
    title: 'The tokenizer lacks a special token',
    message: ({ tokenizer, missing }) => `the tokenizer (${tokenizer}) has no ${missing}`,
    explain: `\`frame: true\` puts a token at the start of each example and one at its end, as BERT has it; texts shorter than the declared length are
filled up with padding. The tokenizer has none of the usual tokens for that: \`[CLS]\` or \`<s>\`, \`[SEP]\` or \`</s>\`, \`[PAD]\` or \`<pad>\`.`,
    wrong: 'dataset book = text("books/*.txt", tokenizer: "bpe", frame: true) { x: Tokens[64, 1000] }\n',
    right: 'dataset book = text("books/*.txt", tokenizer: "wordpiece", frame: true) { x: Tokens[64, 1000] }\n',
  }),
  EBM4047: code<{ dataset: string; declared: number; rates: readonly number[] }>({
    severity: 'error',
    title: 'Sounds of different rates',
    message: ({ dataset, rates }) =>
      `the sounds of data set \`${dataset}\` have different rates: ${rates.join(', ')} samples a second`,
    help: ({ rates }) => [`write \`rate: ${rates[0] ?? 16000}\` in the loader: all are then resampled to it`],
    explain: `\`Audio[samples]\` says how many samples an example has, and how long that lasts depends on the rate. Sounds are not resampled
silently: \`audio("speech/**", rate: 16000)\` says which rate all should have.`,
    wrong:
      'dataset prompts = audio("prompts/*.wav") { x: Audio[8000] }   // some of 8000, some of 16000 samples a second\n',
    right: 'dataset prompts = audio("prompts/*.wav", rate: 8000) { x: Audio[8000] }\n',
  }),
  EBM4048: code<{ dataset: string; split: string; rows: number; columns: string }>({
    severity: 'error',
    title: 'Episodes shorter than one example',
    message: ({ dataset, split, rows, columns }) =>
      `no episode of the ${split} part of data set \`${dataset}\` has the ${rows} steps of one example (${columns})`,
    explain: `A trajectory is cut from one episode and has exactly the declared number of steps. Declare fewer steps, or record longer episodes.`,
    wrong:
      'dataset episodes = trajectories("cartpole.npz") { s: Trajectory[500] { observation: [4] } }   // 200 steps at most\n',
    right: 'dataset episodes = trajectories("cartpole.npz") { s: Trajectory[50] { observation: [4] } }\n',
  }),
  EBM4049: code<{ name: string; command: string }>({
    severity: 'error',
    title: 'A ready-made data set is not installed',
    message: ({ name, command }) => `the data of \`${name}\` is not on this machine; \`${command}\` brings it`,
    explain: `A data set known by name comes from a package manager and is not part of ebmc. The command in the message installs it beside the
program; nothing is downloaded without being asked for.`,
    wrong: "$ ebmc train emoji.ebm   # where npm's packages of pictures and names are not\n",
    right: '$ npm install --no-save emoji-datasource-google emojibase-data && ebmc train emoji.ebm\n',
  }),
};
