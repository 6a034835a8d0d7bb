/** Trains tokenizers on texts; a kind is one file and one row here. */
import { bpeSpecial, trainBpe } from './bpe.js';
import type { TokenizerFile } from './tokenizer-file.js';
import { trainUnigram } from './unigram.js';
import { bertSpecial, trainWordPiece } from './wordpiece.js';

interface Kind {
  /** The first ids, in order. */
  readonly special: readonly string[];
  train(texts: Iterable<string>, vocabulary: number, special: readonly string[]): TokenizerFile;
}

const kinds = {
  bpe: { special: bpeSpecial, train: trainBpe },
  wordpiece: { special: bertSpecial, train: trainWordPiece },
  unigram: { special: bertSpecial, train: trainUnigram },
} satisfies Record<string, Kind>;

export type TokenizerKind = keyof typeof kinds;

export const tokenizerKinds = Object.keys(kinds) as TokenizerKind[];

export function isTokenizerKind(name: string): name is TokenizerKind {
  return Object.hasOwn(kinds, name);
}

/** The contents of a tokenizer.json with at most `vocabulary` tokens, special ones included. */
export function trainTokenizer(kind: TokenizerKind, texts: Iterable<string>, vocabulary: number): object {
  const { special, train }: Kind = kinds[kind];
  return { version: '1.0', truncation: null, padding: null, ...train(texts, vocabulary, special) };
}
