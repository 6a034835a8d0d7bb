/** WordPiece as BERT has it (Devlin et al. 2019): lower case, words cut at spaces and punctuation, pieces inside a word written `##piece`. */
import { learnMerges, type Word } from './merges.js';
import { addedTokens, idsOf, type TokenizerFile } from './tokenizer-file.js';
import { countWords } from './words.js';

export const bertSpecial: readonly string[] = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

const inside = '##';
/** Characters beyond the most frequent ones are unknown, as in Hugging Face's trainer. */
const characters = 1000;

/** Pieces are learnt as byte-pair merges, which is what Hugging Face's trainer does too. */
export function trainWordPiece(texts: Iterable<string>, vocabulary: number, special: readonly string[]): TokenizerFile {
  const cutting = {
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
  };
  const counted = [...countWords(texts, cutting)];
  const known = frequentCharacters(counted);
  const spelt = counted.flatMap(([word, count]) => {
    const pieces = Array.from(word).map((character, i) => (i === 0 ? character : inside + character));
    return Array.from(word).every((character) => known.has(character)) ? [{ pieces, count }] : [];
  });
  const within = [...new Set(spelt.flatMap(({ pieces }) => pieces.slice(1)))].sort();
  // Characters are tokens even where they begin no word.
  const tokens = [...special, ...[...known].sort(), ...within];
  const numbers = new Map(tokens.map((token, number) => [token, number]));
  const words = spelt.map(({ pieces, count }): Word => ({ count, tokens: pieces.map((piece) => numbers.get(piece)!) }));
  learnMerges(words, tokens, vocabulary, (left, right) => left + right.slice(inside.length));
  return {
    ...cutting,
    added_tokens: addedTokens(special),
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: inside, cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: inside,
      max_input_chars_per_word: 100,
      vocab: idsOf(tokens),
    },
  };
}

function frequentCharacters(words: readonly (readonly [string, number])[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const [word, count] of words)
    for (const character of word) counts.set(character, (counts.get(character) ?? 0) + count);
  const order = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return new Set(order.slice(0, characters).map(([character]) => character));
}
