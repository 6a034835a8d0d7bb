/** A section of the page: what it needs, and what it makes of a comparison. */
import type { ComparedRun, Comparison, Competitor } from '../../compare/comparison.js';
import type { Draw } from '../charts/draw.js';
import { type Html, html } from '../html/html.js';
import { categoryOf } from '../html/palette.js';

export interface SectionEntry {
  /** Its anchor. */
  readonly id: string;
  readonly title: string;
  /** Undefined where the comparison has nothing for it. */
  write(comparison: Comparison, draw: Draw): Html | undefined | Promise<Html | undefined>;
}

/** The place of a competitor gives it its colour and mark everywhere. */
export function markOf(
  comparison: Comparison,
  competitor: Competitor,
): { readonly colour: string; readonly shape: string } {
  return categoryOf(comparison.competitors.indexOf(competitor));
}

/** The first run of a competitor that has pictures of a kind, and what they are. */
export function pictured<K extends keyof NonNullable<ComparedRun['pictures']>>(
  { competitors }: Comparison,
  kind: K,
): readonly {
  readonly competitor: Competitor;
  readonly run: ComparedRun;
  readonly picture: NonNullable<NonNullable<ComparedRun['pictures']>[K]>;
  /** For identifiers. */
  readonly place: number;
}[] {
  return competitors.flatMap((competitor, place) => {
    for (const run of competitor.runs) {
      const picture = run.pictures?.[kind];
      if (picture !== undefined) return [{ competitor, run, picture: picture as NonNullable<typeof picture>, place }];
    }
    return [];
  });
}

/** Small multiples side by side, as many as fit. */
export function panels(figures: readonly Html[]): Html {
  return html`<div class="panels">${figures}</div>`;
}

/** At most `most` of a list, evenly spread, first and last included. */
export function thin<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]!);
}
