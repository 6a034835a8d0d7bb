/**
 * The unigram language model (Kudo 2018, section 3.2), as SentencePiece trains it: frequent substrings of words as a start, their probabilities by
 * expectation and maximisation, and the tokens whose loss costs least likelihood taken out, until so many are left.
 */
import { addedTokens, type TokenizerFile } from './tokenizer-file.js';
import { countWords } from './words.js';

const longest = 16;
/** Kept in each round of pruning. */
const kept = 0.75;
const iterations = 2;
/** What the expected count of a token must exceed to stay. */
const rare = 0.5;
const gone = Number.NEGATIVE_INFINITY;

/** A word with every token that could be part of it: from, to and the token's number, by `from` and then by `to`. */
interface Lattice {
  readonly length: number;
  readonly count: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly token: Uint32Array;
}

export function trainUnigram(texts: Iterable<string>, vocabulary: number, special: readonly string[]): TokenizerFile {
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
  // Words are cut at spaces first, as T5's and XLM-R's files have it: not every reader of these files cuts where Metaspace says `split`.
  const splitting = { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, metaspace] };
  const cutting = { normalizer: { type: 'NFKC' }, pre_tokenizer: splitting };
  const words = [...countWords(texts, cutting)].map(([word, count]) => ({ characters: Array.from(word), count }));
  const { tokens, counts, singles } = seedTokens(words, Math.max(8192, 16 * vocabulary));
  const wanted = Math.max(vocabulary - special.length, singles);
  let lattices = words.map((word) => latticeOf(word, tokens));
  const spellings = [...tokens.keys()];
  const total = counts.reduce((sum, count) => sum + count, 0);
  let scores: Float64Array = counts.map((count) => Math.log(count / total));
  for (;;) {
    for (let i = 0; i < iterations; i++) scores = maximize(expectedCounts(lattices, scores), singles);
    const left = scores.reduce((n, score) => n + Number(score !== gone), 0);
    if (left <= wanted) break;
    scores = prune(lattices, scores, spellings, tokens, singles, Math.max(wanted, Math.floor(left * kept)));
    lattices = lattices.map((lattice) => without(lattice, scores));
  }
  const ordered = spellings.flatMap((piece, k) => (scores[k] === gone ? [] : [[piece, scores[k]!] as const]));
  ordered.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
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

interface Spelt {
  readonly characters: readonly string[];
  readonly count: number;
}

/** All characters, then the substrings that occur twice or more, by count times length, `most` of them. */
function seedTokens(words: readonly Spelt[], most: number) {
  const found = new Map<string, { count: number; length: number }>();
  for (const { characters, count } of words)
    for (let from = 0; from < characters.length; from++) {
      let piece = '';
      for (let to = from; to < Math.min(characters.length, from + longest); to++) {
        piece += characters[to]!;
        const known = found.get(piece);
        if (known) known.count += count;
        else found.set(piece, { count, length: to - from + 1 });
      }
    }
  const single = [...found].filter(([, { length }]) => length === 1).sort(([a], [b]) => (a < b ? -1 : 1));
  const longer = [...found]
    .filter(([, { count, length }]) => count > 1 && length > 1)
    .sort(([a, m], [b, n]) => n.count * n.length - m.count * m.length || (a < b ? -1 : 1))
    .slice(0, most);
  const seeds = [...single, ...longer];
  return {
    tokens: new Map(seeds.map(([piece], number) => [piece, number])),
    counts: Float64Array.from(seeds, ([, { count, length }]) => count * length),
    singles: single.length,
  };
}

function latticeOf({ characters, count }: Spelt, tokens: ReadonlyMap<string, number>, except?: number): Lattice {
  const edges: (readonly [number, number, number])[] = [];
  for (let from = 0; from < characters.length; from++) {
    let piece = '';
    for (let to = from + 1; to <= Math.min(characters.length, from + longest); to++) {
      piece += characters[to - 1]!;
      const token = tokens.get(piece);
      if (token !== undefined && token !== except) edges.push([from, to, token]);
    }
  }
  return lattice(characters.length, count, edges);
}

function lattice(length: number, count: number, edges: readonly (readonly [number, number, number])[]): Lattice {
  return {
    length,
    count,
    from: Uint32Array.from(edges, ([from]) => from),
    to: Uint32Array.from(edges, ([, to]) => to),
    token: Uint32Array.from(edges, ([, , token]) => token),
  };
}

/** The lattice without the tokens that are gone. */
function without({ length, count, from, to, token }: Lattice, scores: Float64Array): Lattice {
  const left = Array.from(token.keys()).filter((k) => scores[token[k]!] !== gone);
  return lattice(
    length,
    count,
    left.map((k) => [from[k]!, to[k]!, token[k]!]),
  );
}

function logAdd(a: number, b: number): number {
  if (a === gone) return b;
  if (b === gone) return a;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** How often each token is expected over all segmentations of the words: the forward and backward sums of each word. */
function expectedCounts(lattices: readonly Lattice[], scores: Float64Array): Float64Array {
  const expected = new Float64Array(scores.length);
  for (const { length, count, from, to, token } of lattices) {
    const forward = new Float64Array(length + 1).fill(gone);
    const backward = new Float64Array(length + 1).fill(gone);
    forward[0] = 0;
    backward[length] = 0;
    for (let k = 0; k < token.length; k++)
      forward[to[k]!] = logAdd(forward[to[k]!]!, forward[from[k]!]! + scores[token[k]!]!);
    for (let k = token.length - 1; k >= 0; k--)
      backward[from[k]!] = logAdd(backward[from[k]!]!, backward[to[k]!]! + scores[token[k]!]!);
    for (let k = 0; k < token.length; k++) {
      const share = Math.exp(forward[from[k]!]! + scores[token[k]!]! + backward[to[k]!]! - forward[length]!);
      expected[token[k]!]! += count * share;
    }
  }
  return expected;
}

/** New log-probabilities with the digamma of the counts, which favours fewer tokens (SentencePiece's Bayesian step). */
function maximize(expected: Float64Array, singles: number): Float64Array {
  const stays = (count: number, token: number): boolean => count >= rare || token < singles;
  const total = expected.reduce((sum, count, token) => (stays(count, token) ? sum + count : sum), 0);
  const whole = digamma(total);
  return expected.map((count, token) => (stays(count, token) ? digamma(Math.max(count, rare)) - whole : gone));
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
function prune(
  lattices: readonly Lattice[],
  scores: Float64Array,
  spellings: readonly string[],
  tokens: ReadonlyMap<string, number>,
  singles: number,
  size: number,
): Float64Array {
  const used = new Float64Array(scores.length);
  for (const word of lattices) for (const token of bestSegmentation(word, scores)) used[token]! += word.count;
  const losses: { token: number; loss: number }[] = [];
  for (let token = singles; token < scores.length; token++) {
    if (scores[token] === gone) continue;
    const word = { characters: Array.from(spellings[token]!), count: 1 };
    const instead = used[token]! > 0 ? bestSegmentation(latticeOf(word, tokens, token), scores) : [];
    const other = instead.reduce((sum, piece) => sum + scores[piece]!, 0);
    losses.push({ token, loss: used[token]! > 0 ? used[token]! * (scores[token]! - other) : 0 });
  }
  losses.sort((a, b) => b.loss - a.loss || a.token - b.token);
  const left = new Float64Array(scores.length).fill(gone);
  left.set(scores.subarray(0, singles));
  for (const { token } of losses.slice(0, Math.max(0, size - singles))) left[token] = scores[token]!;
  return left;
}

/** Viterbi's: the tokens of the likeliest segmentation. */
function bestSegmentation({ length, from, to, token }: Lattice, scores: Float64Array): number[] {
  const best = new Float64Array(length + 1).fill(gone);
  const last = new Int32Array(length + 1);
  best[0] = 0;
  for (let k = 0; k < token.length; k++) {
    const score = best[from[k]!]! + scores[token[k]!]!;
    if (!(score > best[to[k]!]!)) continue;
    best[to[k]!] = score;
    last[to[k]!] = k;
  }
  const found: number[] = [];
  for (let at = length; at > 0; at = from[last[at]!]!) found.push(token[last[at]!]!);
  return found.reverse();
}
