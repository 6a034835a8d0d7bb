/** The merges of byte-pair encoding (Sennrich et al. 2016, algorithm 1): the most frequent pair of neighbours becomes a token, again and again. */
import { Queue } from './queue.js';

export interface Word {
  readonly count: number;
  /** Numbers of its tokens; changed by the merges. */
  readonly tokens: number[];
}

export interface Merge {
  readonly left: number;
  readonly right: number;
}

const shift = 2 ** 24;

interface Pair extends Merge {
  readonly count: number;
}

/** Of pairs of equal count the one of the earlier tokens first, as Hugging Face's trainers have it. */
function before(a: Pair, b: Pair): boolean {
  if (a.count !== b.count) return a.count > b.count;
  return a.left !== b.left ? a.left < b.left : a.right < b.right;
}

/**
 * Merges until `limit` tokens are there or no pair is left. `tokens` are the tokens at the start, the new ones are added; `join` spells
 * a new one. Changes the words.
 */
export function learnMerges(
  words: readonly Word[],
  tokens: string[],
  limit: number,
  join: (left: string, right: string) => string,
): Merge[] {
  const numbers = new Map(tokens.map((token, number) => [token, number]));
  const counts = new Map<number, number>();
  const places = new Map<number, Set<number>>();
  const queue = new Queue<Pair>(before);
  const keyOf = (left: number, right: number): number => left * shift + right;
  const change = (key: number, by: number, word: number): void => {
    counts.set(key, (counts.get(key) ?? 0) + by);
    if (by <= 0) return;
    const known = places.get(key);
    if (known) known.add(word);
    else places.set(key, new Set([word]));
  };
  const enqueue = (key: number): void => {
    const count = counts.get(key)!;
    if (count > 0) queue.push({ left: Math.floor(key / shift), right: key % shift, count });
  };

  for (const [w, { tokens: of, count }] of words.entries())
    for (let i = 1; i < of.length; i++) change(keyOf(of[i - 1]!, of[i]!), count, w);
  for (const key of counts.keys()) enqueue(key);

  const merges: Merge[] = [];
  while (tokens.length < limit) {
    const best = queue.pop();
    if (!best) break;
    const { left, right } = best;
    const key = keyOf(left, right);
    if (counts.get(key) !== best.count) {
      enqueue(key);
      continue;
    }
    const spelling = join(tokens[left]!, tokens[right]!);
    let merged = numbers.get(spelling);
    if (merged === undefined) {
      merged = tokens.push(spelling) - 1;
      numbers.set(spelling, merged);
    }
    merges.push({ left, right });
    const grown = new Set<number>();
    for (const w of places.get(key)!) mergeIn(words[w]!, w, left, right, merged, change, grown, keyOf);
    counts.delete(key);
    places.delete(key);
    for (const pair of grown) if (pair !== key) enqueue(pair);
  }
  return merges;
}

/** Replaces the pair in a word and counts the neighbours anew; what has become more frequent is added to `grown`. */
function mergeIn(
  { tokens: of, count }: Word,
  w: number,
  left: number,
  right: number,
  merged: number,
  change: (key: number, by: number, word: number) => void,
  grown: Set<number>,
  keyOf: (left: number, right: number) => number,
): void {
  for (let i = 0; i + 1 < of.length; i++) {
    if (of[i] !== left || of[i + 1] !== right) continue;
    const previous = of[i - 1];
    const next = of[i + 2];
    of.splice(i, 2, merged);
    if (previous !== undefined) {
      change(keyOf(previous, left), -count, w);
      change(keyOf(previous, merged), count, w);
      grown.add(keyOf(previous, merged));
    }
    if (next !== undefined) {
      change(keyOf(right, next), -count, w);
      change(keyOf(merged, next), count, w);
      grown.add(keyOf(merged, next));
    }
  }
}
