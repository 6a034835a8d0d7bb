/** Who is ahead by a measure, and between whom no difference is shown. */
import type { Comparison, Competitor, MeasureInfo, Summary } from '../compare/comparison.js';
import { groupLetters } from './letters.js';

export interface RankedRow {
  readonly competitor: Competitor;
  readonly summary: Summary;
  /** From 1, among the objectives; undefined of a baseline and of a measure without a better side. */
  readonly rank: number | undefined;
  /** Two competitors that share a letter: no difference between them is shown. Empty where nothing was tested. */
  readonly letters: string;
}

/** The measure that ranks: the declared one, else the first that has a better side. */
export function mainMeasure({ measures }: Comparison): MeasureInfo | undefined {
  return measures.find(({ isMain }) => isMain) ?? measures.find(({ better }) => better !== 'neither') ?? measures[0];
}

/** Measures that anybody has a value of. */
export function usedMeasures({ measures, competitors }: Comparison): readonly MeasureInfo[] {
  return measures.filter(({ key }) => competitors.some(({ summary }) => summary[key] !== undefined));
}

/** The best first; those whose mean is no number last. */
export function rankBy(comparison: Comparison, { key, better }: MeasureInfo): readonly RankedRow[] {
  const sign = better === 'lower' ? 1 : -1;
  const rows = comparison.competitors
    .flatMap((competitor) => {
      const summary = competitor.summary[key];
      return summary ? [{ competitor, summary }] : [];
    })
    .sort((a, b) => compareNumbers(sign * a.summary.mean, sign * b.summary.mean));
  const names = rows.map(({ competitor }) => competitor.name);
  const tested = comparison.contrasts.filter(({ measure }) => measure === key);
  const shown = new Set(tested.flatMap(({ a, b, isShown }) => (isShown ? [pair(a, b), pair(b, a)] : [])));
  const letters = tested.length === 0 ? undefined : groupLetters(names, (a, b) => shown.has(pair(a, b)));
  let rank = 0;
  return rows.map(({ competitor, summary }) => {
    const isRanked = better !== 'neither' && competitor.kind === 'objective' && Number.isFinite(summary.mean);
    return {
      competitor,
      summary,
      rank: isRanked ? ++rank : undefined,
      letters: letters?.get(competitor.name) ?? '',
    };
  });
}

/** Pairs of objectives that two measures put in opposite orders. */
export function oppositePairs(
  comparison: Comparison,
  one: MeasureInfo,
  other: MeasureInfo,
): readonly (readonly [string, string])[] {
  const first = ranks(comparison, one);
  const second = ranks(comparison, other);
  const names = [...first.keys()].filter((name) => second.has(name));
  return names.flatMap((a, i) =>
    names
      .slice(i + 1)
      .filter((b) => (first.get(a)! - first.get(b)!) * (second.get(a)! - second.get(b)!) < 0)
      .map((b) => [a, b] as const),
  );
}

/** The first measure whose key is `stem` or begins with `stem.`; of several shares of labels, the largest. */
export function measureLike(comparison: Comparison, ...stems: readonly string[]): MeasureInfo | undefined {
  const used = usedMeasures(comparison);
  for (const stem of stems) {
    const exact = used.find(({ key }) => key === stem);
    if (exact) return exact;
    const parts = used.filter(({ key }) => key.startsWith(`${stem}.`));
    if (parts.length > 0) return parts.reduce((a, b) => (shareOf(b.key) > shareOf(a.key) ? b : a));
  }
  return undefined;
}

/** `linear.0.01` → 0.01; NaN where the key ends otherwise. */
export function shareOf(key: string): number {
  const dot = key.indexOf('.');
  return dot < 0 || dot === key.length - 1 ? Number.NaN : Number(key.slice(dot + 1));
}

function ranks(comparison: Comparison, measure: MeasureInfo): ReadonlyMap<string, number> {
  return new Map(
    rankBy(comparison, measure).flatMap(({ competitor, rank }) =>
      rank === undefined ? [] : [[competitor.name, rank] as const],
    ),
  );
}

function pair(a: string, b: string): string {
  return JSON.stringify([a, b]);
}

/** NaN comes last. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether a row's figures are of a representation at all: not of one that failed or collapsed. */
export function isSound({ verdict }: Competitor): boolean {
  return verdict.kind !== 'failed' && verdict.kind !== 'collapsed' && verdict.kind !== 'gradient wrong';
}
