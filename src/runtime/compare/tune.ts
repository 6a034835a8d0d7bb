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
  /** Which of the scores decided. */
  readonly by: number;
  /** The best first; each with the score of its longest training. */
  readonly tried: readonly Trial[];
}

/**
 * `score` trains a variant with a share of the budget; undefined: stopped before there was a result. Of its several scores the first that any variant has decides,
 * from the first training on.
 */
export async function tune(
  count: number,
  search: CompareDecl['search'],
  score: (variant: number, share: number) => Promise<readonly (number | undefined)[] | undefined>,
): Promise<Tuning | undefined> {
  let left: readonly Trial[] = Array.from({ length: count }, (_, variant) => ({ variant, score: 0 }));
  const dropped: Trial[] = [];
  let by: number | undefined;
  for (const { share, kept } of rungs(count, search)) {
    const scores = await Promise.all(left.map(({ variant }) => score(variant, share)));
    if (scores.some((values) => values === undefined)) return undefined;
    by ??= firstKnown(scores.flatMap((values) => (values ? [values] : [])));
    const decisive = by ?? 0;
    const sorted = left
      .map(({ variant }, i) => ({ variant, score: scores[i]![decisive] ?? Number.NEGATIVE_INFINITY }))
      .sort((a, b) => b.score - a.score || a.variant - b.variant);
    dropped.unshift(...sorted.slice(kept));
    left = sorted.slice(0, kept);
  }
  return { chosen: left[0]!.variant, by: by ?? 0, tried: count < 2 ? [] : [...left, ...dropped] };
}

function firstKnown(scores: readonly (readonly (number | undefined)[])[]): number | undefined {
  const places = scores.map((values) => values.findIndex((value) => value !== undefined)).filter((at) => at >= 0);
  return places.length === 0 ? undefined : Math.min(...places);
}
