/** Byte-level byte-pair encoding as GPT-2 has it (Radford et al. 2019, section 2.2): every text has tokens, none is unknown. */
import { learnMerges, type Word } from './merges.js';
import type { TokenizerFile } from './tokenizer-file.js';
import { addedTokens, idsOf } from './tokenizer-file.js';
import { countWords } from './words.js';

export const bpeSpecial: readonly string[] = ['<|endoftext|>', '<|pad|>', '<|mask|>'];

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };

export function trainBpe(texts: Iterable<string>, vocabulary: number, special: readonly string[]): TokenizerFile {
  const cutting = { normalizer: null, pre_tokenizer: byteLevel };
  const tokens = [...special, ...byteAlphabet()];
  const numbers = new Map(tokens.map((token, number) => [token, number]));
  const words = [...countWords(texts, cutting)].map(
    ([word, count]): Word => ({ count, tokens: Array.from(word, (character) => numbers.get(character)!) }),
  );
  const merges = learnMerges(words, tokens, vocabulary, (left, right) => left + right);
  return {
    ...cutting,
    added_tokens: addedTokens(special),
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: idsOf(tokens),
      merges: merges.map(({ left, right }) => [tokens[left]!, tokens[right]!]),
    },
  };
}

/** The 256 characters that stand for bytes: printable Latin-1 for themselves, the others from U+0100 on (GPT-2's `bytes_to_unicode`). */
function byteAlphabet(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  const own = all.filter(printable);
  const others = all.filter((byte) => !printable(byte)).map((_, k) => 256 + k);
  return [...own, ...others].map((code) => String.fromCodePoint(code));
}
