/**
 * The unigram language model (Kudo 2018, section 3.2), as SentencePiece trains it: frequent substrings of words as a start, their probabilities by
 * expectation and maximisation, and the tokens whose loss costs least likelihood taken out, until so many are left.
 */
import { addedTokens, type TokenizerFile } from './tokenizer-file.js';
import { countWords } from './words.js';

/** Tokens at the start. */
const seeds = 100_000;
const longest = 16;
/** Kept in each round of pruning. */
const kept = 0.75;
const iterations = 2;
/** What the expected count of a token must exceed to stay. */
const rare = 0.5;

type Scores = Map<string, number>;
type Words = readonly (readonly [readonly string[], number])[];

export function trainUnigram(texts: Iterable<string>, vocabulary: number, special: readonly string[]): TokenizerFile {
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
  const cutting = { normalizer: { type: 'NFKC' }, pre_tokenizer: metaspace };
  const words: Words = [...countWords(texts, cutting)].map(([word, count]) => [Array.from(word), count] as const);
  const characters = new Set(words.flatMap(([word]) => word));
  const wanted = Math.max(vocabulary - special.length, characters.size);
  let scores = normalized(seedCounts(words));
  for (;;) {
    for (let i = 0; i < iterations; i++) scores = maximize(expectedCounts(words, scores), characters);
    if (scores.size <= wanted) break;
    scores = prune(words, scores, characters, Math.max(wanted, Math.floor(scores.size * kept)));
  }
  const ordered = [...scores].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return {
    ...cutting,
    added_tokens: addedTokens(special),
    post_processor: null,
    decoder: metaspace,
    model: {
      type: 'Unigram',
      unk_id: special.indexOf('[UNK]'),
      vocab: [...special.map((token) => [token, 0]), ...ordered],
      byte_fallback: false,
    },
  };
}

/** Characters, and substrings that occur twice or more, by count times length. */
function seedCounts(words: Words): Scores {
  const counts: Scores = new Map();
  for (const [word, count] of words)
    for (let from = 0; from < word.length; from++) {
      let piece = '';
      for (let to = from; to < Math.min(word.length, from + longest); to++) {
        piece += word[to]!;
        counts.set(piece, (counts.get(piece) ?? 0) + count);
      }
    }
  const lengths = (piece: string): number => Array.from(piece).length;
  const single = [...counts].filter(([piece]) => lengths(piece) === 1);
  const longer = [...counts]
    .filter(([piece, count]) => count > 1 && lengths(piece) > 1)
    .map(([piece, count]) => [piece, count * lengths(piece)] as const)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return new Map([...single, ...longer.slice(0, seeds)]);
}

function normalized(counts: Scores): Scores {
  let total = 0;
  for (const count of counts.values()) total += count;
  return new Map([...counts].map(([piece, count]) => [piece, Math.log(count / total)]));
}

/** The tokens of a word that are there: from, to, and their log-probability. */
function* pieces(word: readonly string[], scores: Scores): Generator<readonly [number, number, string, number]> {
  for (let from = 0; from < word.length; from++) {
    let piece = '';
    for (let to = from + 1; to <= Math.min(word.length, from + longest); to++) {
      piece += word[to - 1]!;
      const score = scores.get(piece);
      if (score !== undefined) yield [from, to, piece, score];
    }
  }
}

function logAdd(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY) return b;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** How often each token is expected over all segmentations of the words: the forward and backward sums of each word. */
function expectedCounts(words: Words, scores: Scores): Scores {
  const expected: Scores = new Map();
  for (const [word, count] of words) {
    const edges = [...pieces(word, scores)];
    const forward = new Float64Array(word.length + 1).fill(Number.NEGATIVE_INFINITY);
    const backward = new Float64Array(word.length + 1).fill(Number.NEGATIVE_INFINITY);
    forward[0] = 0;
    backward[word.length] = 0;
    for (const [from, to, , score] of edges) forward[to] = logAdd(forward[to]!, forward[from]! + score);
    for (const [from, to, , score] of edges.reverse()) backward[from] = logAdd(backward[from]!, backward[to]! + score);
    const total = forward[word.length]!;
    for (const [from, to, piece, score] of edges) {
      const share = Math.exp(forward[from]! + score + backward[to]! - total);
      expected.set(piece, (expected.get(piece) ?? 0) + count * share);
    }
  }
  return expected;
}

/** New log-probabilities with the digamma of the counts, which favours fewer tokens (SentencePiece's Bayesian step). */
function maximize(expected: Scores, characters: ReadonlySet<string>): Scores {
  const left = [...expected].filter(([piece, count]) => count >= rare || characters.has(piece));
  const total = left.reduce((sum, [, count]) => sum + count, 0);
  return new Map(left.map(([piece, count]) => [piece, digamma(Math.max(count, rare)) - digamma(total)]));
}

/** By its recurrence up to 7, then the asymptotic series. */
function digamma(x: number): number {
  let sum = 0;
  let at = x;
  for (; at < 7; at++) sum -= 1 / at;
  const inverse = 1 / (at * at);
  return sum + Math.log(at) - 0.5 / at - inverse * (1 / 12 - inverse * (1 / 120 - inverse / 252));
}

/** Leaves the `size` tokens, characters always, without which the best segmentations would be least likely. */
function prune(words: Words, scores: Scores, characters: ReadonlySet<string>, size: number): Scores {
  const used = new Map<string, number>();
  for (const [word, count] of words)
    for (const piece of bestSegmentation(word, scores)) used.set(piece, (used.get(piece) ?? 0) + count);
  const losses = [...scores].flatMap(([piece, score]) => {
    if (characters.has(piece)) return [];
    const count = used.get(piece) ?? 0;
    if (count === 0) return [[piece, 0] as const];
    const instead = bestSegmentation(Array.from(piece), scores, piece);
    const loss = score - instead.reduce((sum, other) => sum + scores.get(other)!, 0);
    return [[piece, count * loss] as const];
  });
  losses.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const stay = new Set(losses.slice(0, Math.max(0, size - characters.size)).map(([piece]) => piece));
  return new Map([...scores].filter(([piece]) => characters.has(piece) || stay.has(piece)));
}

/** Viterbi's, without the token `except`. */
function bestSegmentation(word: readonly string[], scores: Scores, except?: string): string[] {
  const best = new Float64Array(word.length + 1).fill(Number.NEGATIVE_INFINITY);
  const last: string[] = [];
  best[0] = 0;
  for (const [from, to, piece, score] of pieces(word, scores)) {
    if (piece === except || !(best[from]! + score > best[to]!)) continue;
    best[to] = best[from]! + score;
    last[to] = piece;
  }
  const found: string[] = [];
  for (let at = word.length; at > 0; at -= Array.from(last[at]!).length) found.push(last[at]!);
  return found.reverse();
}
