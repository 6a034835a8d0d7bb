/** Accuracy against the number of labels: measures whose keys end in a share, `linear.0.01`, `linear.0.1`, `linear.1`. */
import type { Spec } from 'vega';
import type { Comparison, MeasureInfo } from '../../compare/comparison.js';
import { curveChart } from '../charts/curves.js';
import { formatInterval, formatValue } from '../format.js';
import { figure, swatch } from '../html/figure.js';
import { html } from '../html/html.js';
import { shareOf, usedMeasures } from '../ranking.js';
import { markOf, panels, type SectionEntry } from './section.js';

export interface LabelFamily {
  /** `linear` */
  readonly stem: string;
  readonly measures: readonly MeasureInfo[];
}

/** Families of measures at two or more shares of the labels, the smallest share first. */
export function labelFamilies(comparison: Comparison): readonly LabelFamily[] {
  const families = new Map<string, MeasureInfo[]>();
  for (const measure of usedMeasures(comparison)) {
    const share = shareOf(measure.key);
    if (!(share > 0 && share <= 1)) continue;
    const stem = measure.key.slice(0, measure.key.indexOf('.'));
    families.set(stem, [...(families.get(stem) ?? []), measure]);
  }
  return [...families].flatMap(([stem, measures]) =>
    measures.length < 2 ? [] : [{ stem, measures: measures.sort((a, b) => shareOf(a.key) - shareOf(b.key)) }],
  );
}

export const labels: SectionEntry = {
  id: 'labels',
  title: 'Accuracy against number of labels',
  async write(comparison, draw) {
    const families = labelFamilies(comparison);
    if (families.length === 0) return undefined;
    const parts = await Promise.all(
      families.map(async (family) => {
        const figures = await Promise.all(
          comparison.competitors.map(async (competitor, place) => {
            const values = family.measures.flatMap((measure) => {
              const summary = competitor.summary[measure.key];
              return summary ? [{ measure, summary }] : [];
            });
            if (values.length === 0) return [];
            const { colour, shape } = markOf(comparison, competitor);
            return [
              figure({
                title: html`${swatch(colour, shape)} ${competitor.name}`,
                description: `${competitor.name}: ${values
                  .map(({ measure, summary }) => `${measure.label} ${formatValue(summary.mean, measure.unit)}`)
                  .join(', ')}`,
                svg: await draw(familyChart(comparison, family, place)),
                data: {
                  id: `labels-${family.stem}-${place}`,
                  caption: html`${competitor.name} by share of the labels`,
                  columns: [
                    { name: 'Measure' },
                    { name: 'Mean', isNumber: true },
                    { name: '95 % interval', isNumber: true },
                  ],
                  rows: values.map(({ measure, summary }) => [
                    measure.label,
                    formatValue(summary.mean, measure.unit),
                    formatInterval(summary, measure.unit),
                  ]),
                },
              }),
            ];
          }),
        );
        // "linear probe, 1 % of the labels" and its like begin alike.
        const [name] = family.measures[0]!.label.split(',');
        return html`<h3>${name}</h3>${panels(figures.flat())}`;
      }),
    );
    return html`<p class="note">Each panel shows one competitor over all others in grey, with 95 % intervals.</p>${parts}`;
  },
};

function familyChart(comparison: Comparison, { measures }: LabelFamily, place: number): Spec {
  const pointsOf = (i: number) =>
    measures.flatMap(({ key }) => {
      const summary = comparison.competitors[i]!.summary[key];
      return summary ? [{ x: 100 * shareOf(key), y: summary.mean, low: summary.low, high: summary.high }] : [];
    });
  const { colour, shape } = markOf(comparison, comparison.competitors[place]!);
  const others = comparison.competitors.flatMap((_, i) =>
    i === place ? [] : [{ points: pair(pointsOf(i)), colour: 'var(--faint)', width: 1 }],
  );
  return curveChart({
    lines: [...others, { points: pair(pointsOf(place)), colour, shape, width: 2 }],
    intervals: pointsOf(place).map((point) => ({ ...point, colour })),
    x: { isLog: true, title: '% of the labels', ticks: measures.map(({ key }) => 100 * shareOf(key)), format: '~g' },
    y: measures[0]!.unit === 'share' ? { format: '.0%' } : {},
  });
}

function pair(points: readonly { readonly x: number; readonly y: number }[]): readonly (readonly [number, number])[] {
  return points.map(({ x, y }) => [x, y] as const);
}
