/** Collapse gauges over the steps: spread and effective rank of the representation of fixed examples. */
import type { Comparison, Competitor, CurvePoint } from '../../compare/comparison.js';
import { curveChart } from '../charts/curves.js';
import type { Draw } from '../charts/draw.js';
import { formatNumber } from '../format.js';
import { figure, swatch } from '../html/figure.js';
import { type Html, html } from '../html/html.js';
import { markOf, panels, type SectionEntry, thin } from './section.js';

interface Gauge {
  readonly id: string;
  readonly name: string;
  readonly note: string;
  readonly of: (point: CurvePoint) => number | undefined;
}

const gaugeList: readonly Gauge[] = [
  {
    id: 'spread',
    name: 'Spread',
    note: 'Standard deviation of the normalised representation, times the root of its dimensions, mean over dimensions: 1 is healthy, 0 collapsed.',
    of: ({ spread }) => spread,
  },
  {
    id: 'rank',
    name: 'Effective rank',
    note: 'RankMe (Garrido et al. 2023): how many dimensions are in use.',
    of: ({ effectiveRank }) => effectiveRank,
  },
];

export const gauges: SectionEntry = {
  id: 'gauges',
  title: 'Collapse gauges',
  async write(comparison, draw) {
    const parts = await Promise.all(gaugeList.map((gauge) => gaugePart(comparison, gauge, draw)));
    return parts.every((part) => part === undefined) ? undefined : html`${parts}`;
  },
};

async function gaugePart(comparison: Comparison, gauge: Gauge, draw: Draw): Promise<Html | undefined> {
  const measured = comparison.competitors.map((competitor) => ({ competitor, series: seriesOf(competitor, gauge) }));
  const all = measured.flatMap(({ series }) => series.flatMap((points) => points.map(([, value]) => value)));
  if (all.length === 0) return undefined;
  const top = 1.05 * all.reduce((a, b) => (Number.isFinite(b) ? Math.max(a, b) : a), 1);
  const figures = await Promise.all(
    measured.map(async ({ competitor, series }, place) => {
      const points = series[0];
      if (!points) return [];
      const { colour, shape } = markOf(comparison, competitor);
      const lines = series.map((points) => ({ points, colour, width: 1.5 }));
      return [
        figure({
          title: html`${swatch(colour, shape)} ${competitor.name}`,
          description: `${gauge.name} of ${competitor.name}: ${formatNumber(points[0]![1])} at step ${points[0]![0]}, ${formatNumber(points.at(-1)![1])} at step ${points.at(-1)![0]}`,
          svg: await draw(curveChart({ lines, height: 80, x: { format: '~s' }, y: { domain: [0, top] } })),
          data: {
            id: `${gauge.id}-${place}`,
            caption: html`${gauge.name} of ${competitor.name}, first seed`,
            columns: ['Step', gauge.name].map((name) => ({ name, isNumber: true })),
            rows: thin(points, 12).map(([step, value]) => [String(step), formatNumber(value)]),
          },
        }),
      ];
    }),
  );
  return html`<h3>${gauge.name}</h3><p class="note">${gauge.note} All panels have one scale.</p>${panels(figures.flat())}`;
}

/** One list a run that has the gauge. */
function seriesOf({ runs }: Competitor, gauge: Gauge): readonly (readonly (readonly [number, number])[])[] {
  return runs
    .map(({ curve }) =>
      curve.flatMap((point) => {
        const value = gauge.of(point);
        return value === undefined ? [] : [[point.step, value] as const];
      }),
    )
    .filter((points) => points.length > 0);
}
