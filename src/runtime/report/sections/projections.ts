/** The representation of test examples in two dimensions. */
import { type Projection, pointChart } from '../charts/points.js';
import { count, formatNumber } from '../format.js';
import { figure, swatch } from '../html/figure.js';
import { html } from '../html/html.js';
import { categoryOf } from '../html/palette.js';
import { className } from './neighbours.js';
import { markOf, panels, pictured, type SectionEntry } from './section.js';

export const projections: SectionEntry = {
  id: 'projections',
  title: 'Projection of the representation',
  async write(comparison, draw) {
    const found = pictured(comparison, 'projection').filter(({ picture }) => picture.x.length > 0);
    if (found.length === 0) return undefined;
    const { classes } = comparison.dataset;
    const labels = [...new Set(found.flatMap(({ picture }) => [...new Set(picture.label ?? [])]))].sort(
      (a, b) => a - b,
    );
    const figures = await Promise.all(
      found.map(async ({ competitor, run, picture, place }) => {
        const { colour, shape } = markOf(comparison, competitor);
        const groups = centres(picture);
        return figure({
          title: html`${swatch(colour, shape)} ${competitor.name} <span class="muted">${picture.method}</span>`,
          description: `${picture.method} of ${count(picture.x.length, 'test example')} of ${competitor.name}, seed ${run.seed}${picture.label ? `, in ${count(groups.length, 'class').replace('classs', 'classes')}` : ''}; the centres are in the table`,
          svg: await draw(pointChart(picture)),
          data: {
            id: `projection-${place}`,
            caption: html`Centres of the classes in the projection of ${competitor.name}`,
            columns: [
              { name: 'Class' },
              ...['Examples', 'x', 'y', 'Distance to centre'].map((name) => ({ name, isNumber: true })),
            ],
            rows: groups.map(({ label, size, x, y, distance }) => [
              label === undefined ? 'all' : className(label, classes),
              String(size),
              ...[x, y, distance].map(formatNumber),
            ]),
          },
        });
      }),
    );
    const legend = labels.map((label) => {
      const { colour, shape } = categoryOf(label);
      return html`<span class="key">${swatch(colour, shape)} ${className(label, classes)}</span> `;
    });
    return html`<p class="note">${legend} Distances between clusters of a projection mean little; what is near is what to look at.</p>${panels(figures)}`;
  },
};

interface Centre {
  readonly label: number | undefined;
  readonly size: number;
  readonly x: number;
  readonly y: number;
  /** Mean distance of its points. */
  readonly distance: number;
}

function centres({ x, y, label }: Projection): readonly Centre[] {
  const groups = new Map<number | undefined, number[]>();
  for (const i of x.keys()) {
    const group = label?.[i];
    const members = groups.get(group);
    if (members) members.push(i);
    else groups.set(group, [i]);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return [...groups]
    .sort(([a = 0], [b = 0]) => a - b)
    .map(([group, members]) => {
      const [cx, cy] = [mean(members.map((i) => x[i]!)), mean(members.map((i) => y[i]!))];
      const distance = mean(members.map((i) => Math.hypot(x[i]! - cx, y[i]! - cy)));
      return { label: group, size: members.length, x: cx, y: cy, distance };
    });
}
