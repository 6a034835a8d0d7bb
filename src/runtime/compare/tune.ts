/** Chooses among the ways to train a competitor by how they do on held-out training examples, never on the test split. */
import type { CompareDecl } from '../../compiler/declarations.js';
import { rungs } from './halving.js';

export interface Trial {
  readonly variant: number;
  /** Higher is better; minus infinity where training went wrong. */
  readonly score: number;
}

export interface Tuning {
  readonly chosen: number;
  /** The best first; each with the score of its longest training. */
  readonly tried: readonly Trial[];
}

/** `score` trains a variant with a share of the budget; undefined: stopped before there was a result. */
export async function tune(
  count: number,
  search: CompareDecl['search'],
  score: (variant: number, share: number) => Promise<number | undefined>,
): Promise<Tuning | undefined> {
  let left: readonly Trial[] = Array.from({ length: count }, (_, variant) => ({ variant, score: 0 }));
  const dropped: Trial[] = [];
  for (const { share, kept } of rungs(count, search)) {
    const scores = await Promise.all(left.map(({ variant }) => score(variant, share)));
    if (scores.some((value) => value === undefined)) return undefined;
    const sorted = left
      .map(({ variant }, i) => ({ variant, score: scores[i]! }))
      .sort((a, b) => b.score - a.score || a.variant - b.variant);
    dropped.unshift(...sorted.slice(kept));
    left = sorted.slice(0, kept);
  }
  return { chosen: left[0]!.variant, tried: count < 2 ? [] : [...left, ...dropped] };
}
