/** The energy where one argument turns into another's. */
import { contourLevels, type Landscape, landscapeChart } from '../charts/landscape.js';
import { formatNumber } from '../format.js';
import { figure, swatch } from '../html/figure.js';
import { html } from '../html/html.js';
import { markOf, panels, pictured, type SectionEntry, thin } from './section.js';

export const landscapes: SectionEntry = {
  id: 'landscapes',
  title: 'Energy landscapes',
  async write(comparison, draw) {
    const found = pictured(comparison, 'landscape').filter(({ picture }) => contourLevels(picture).length > 0);
    const flat = pictured(comparison, 'landscape').filter(({ picture }) => contourLevels(picture).length === 0);
    if (found.length + flat.length === 0) return undefined;
    const figures = await Promise.all(
      found.map(async ({ competitor, picture, place }) => {
        const { colour, shape } = markOf(comparison, competitor);
        const levels = contourLevels(picture);
        const { x, y, low, high } = extremes(picture);
        return figure({
          title: html`${swatch(colour, shape)} ${competitor.name}`,
          description: `Energy of ${competitor.name} over the plane of ${picture.xLabel} and ${picture.yLabel}: least ${formatNumber(low)} at (${formatNumber(x)}, ${formatNumber(y)}), greatest ${formatNumber(high)}`,
          svg: await draw(landscapeChart(picture)),
          note: html`<span class="ramp">${levels.map((_, i) => html`<span class="e${i}"></span>`)}</span> ${formatNumber(low)} to ${formatNumber(high)}; least at (${formatNumber(x)}, ${formatNumber(y)})`,
          data: gridTable(picture, competitor.name, `landscape-${place}`),
        });
      }),
    );
    const names = flat.map(({ competitor }) => competitor.name).join(', ');
    return html`<p class="note">The energy where its last argument moves in a straight line from what belongs to an example, at (0, 0), towards what belongs to two others, mean over test examples; an energy of one argument likewise from one example to two others. Low where it belongs and rising from there is what an energy should do. Filled contours, the darkest where the energy is least; each panel has its own scale.${
      flat.length > 0 ? ` The same energy everywhere: ${names}.` : ''
    }</p>${panels(figures)}`;
  },
};

function extremes({ xs, ys, values }: Landscape) {
  let best = { x: Number.NaN, y: Number.NaN, low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  values.forEach((row, i) => {
    row.forEach((value, j) => {
      if (!Number.isFinite(value)) return;
      if (value < best.low) best = { ...best, x: xs[j] ?? Number.NaN, y: ys[i] ?? Number.NaN, low: value };
      if (value > best.high) best = { ...best, high: value };
    });
  });
  return best;
}

function gridTable({ xs, ys, values, xLabel, yLabel }: Landscape, name: string, id: string) {
  const columns = thin([...xs.keys()], 7);
  return {
    id,
    caption: html`Energy of ${name}: ${yLabel} down, ${xLabel} across, ${columns.length} of ${xs.length} columns`,
    columns: [{ name: yLabel }, ...columns.map((j) => ({ name: formatNumber(xs[j]!), isNumber: true }))],
    rows: [...thin([...ys.keys()], 7)]
      .reverse()
      .map((i) => [formatNumber(ys[i]!), ...columns.map((j) => formatNumber(values[i]?.[j] ?? Number.NaN))]),
  };
}
