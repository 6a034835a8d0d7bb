/** Who is ahead by each measure: a chart for the one that the reader chose, and a table of all. */
import type { Comparison, Competitor, MeasureInfo } from '../../compare/comparison.js';
import type { Draw } from '../charts/draw.js';
import { intervalChart } from '../charts/intervals.js';
import { formatInterval, formatSettings, formatValue } from '../format.js';
import { figure, swatch } from '../html/figure.js';
import { type Html, html } from '../html/html.js';
import { type Cell, table } from '../html/table.js';
import { mainMeasure, type RankedRow, rankBy, usedMeasures } from '../ranking.js';
import { markOf, type SectionEntry } from './section.js';

export const ranking: SectionEntry = {
  id: 'ranking',
  title: 'Ranking',
  async write(comparison, draw) {
    const measures = usedMeasures(comparison);
    const main = mainMeasure(comparison);
    if (!main) return html`<p>No measure was declared.</p>${rankingTable(comparison, [], undefined)}`;
    const charts = await Promise.all(
      measures.map((measure) => chartOf(comparison, measure, measure.key === main.key, draw)),
    );
    const chooser =
      measures.length < 2
        ? ''
        : html`<p class="choose"><label for="measure">Ranked by</label> <select id="measure">${measures.map(
            ({ key, label }) =>
              html`<option value="${key}"${key === main.key ? html` selected` : ''}>${label}</option>`,
          )}</select></p>`;
    return html`${chooser}${charts}
<p class="note">Marks are means over seeds, lines 95 % intervals, ticks single runs; filled circles are objectives, open diamonds baselines, which take no rank.
An arrow at an edge: off the scale, which leaves out what failed or collapsed.
Competitors joined by a bar at the right, or that share a letter in the table: no difference shown between them.</p>
${rankingTable(comparison, measures, main)}`;
  },
};

async function chartOf(comparison: Comparison, measure: MeasureInfo, isMain: boolean, draw: Draw): Promise<Html> {
  const rows = rankBy(comparison, measure);
  const { unit } = measure;
  const description = `${measure.label}, the best first: ${rows
    .map(({ competitor, summary }) => `${competitor.name} ${formatValue(summary.mean, unit)}`)
    .join(', ')}. Intervals are in the table below.`;
  const [wide, narrow] = await Promise.all([720, 350].map((width) => draw(intervalChart(rows, measure, width))));
  const direction = measure.better === 'neither' ? 'neither side is better' : `${measure.better} is better`;
  const common = { title: html`${measure.label} <span class="muted">(${direction})</span>`, description };
  return html`<div class="ranked" data-measure="${measure.key}"${isMain ? '' : html` hidden`}>${[
    figure({ ...common, svg: wide!, kind: 'wide' }),
    figure({ ...common, svg: narrow!, kind: 'narrow' }),
  ]}<p class="note">${measure.explanation}</p></div>`;
}

function rankingTable(comparison: Comparison, measures: readonly MeasureInfo[], main: MeasureInfo | undefined): Html {
  const ranked = new Map(
    measures.map(({ key }, i) => [
      key,
      new Map(rankBy(comparison, measures[i]!).map((row) => [row.competitor.name, row])),
    ]),
  );
  const order = main ? [...(ranked.get(main.key)?.keys() ?? [])] : [];
  const place = ({ name }: Competitor) => (order.includes(name) ? order.indexOf(name) : order.length);
  const competitors = [...comparison.competitors].sort((a, b) => place(a) - place(b));
  return table({
    id: 'ranking-table',
    kind: 'sticky',
    isSortable: true,
    caption: html`Every measure of every competitor: mean, 95 % interval, rank among objectives and letters of the groups within which no
difference is shown. Heads sort.`,
    columns: [
      { name: 'Competitor' },
      ...measures.map(({ label, key, better }) => ({
        name: label,
        key,
        isNumber: true,
        first: better === 'lower' ? ('least' as const) : ('greatest' as const),
      })),
      { name: 'Verdict' },
    ],
    rows: competitors.map((competitor) => [
      nameCell(comparison, competitor),
      ...measures.map((measure) => measureCell(ranked.get(measure.key)!.get(competitor.name), measure)),
      { content: html`<span class="verdict ${toneOf(competitor.verdict.kind)}">${competitor.verdict.kind}</span>` },
    ]),
  });
}

export function nameCell(comparison: Comparison, competitor: Competitor): Cell {
  const { colour, shape } = markOf(comparison, competitor);
  const settings = formatSettings(competitor.settings);
  const small = competitor.kind === 'objective' ? settings : `baseline${settings ? `, ${settings}` : ''}`;
  return {
    content: html`${swatch(colour, shape)} ${competitor.name}${small ? html`<small>${small}</small>` : ''}`,
    value: competitor.name,
  };
}

function measureCell(row: RankedRow | undefined, { unit }: MeasureInfo): Cell {
  if (!row) return { content: html`<span class="muted">–</span>` };
  const { summary, rank, letters } = row;
  const small = [...(rank === undefined ? [] : [`#${rank}`]), ...(letters ? [letters] : [])].join(' · ');
  return {
    content: html`${formatValue(summary.mean, unit)}<small>${formatInterval(summary, unit)}</small>${small ? html`<small>${small}</small>` : ''}`,
    value: summary.mean,
  };
}

/** How a verdict is coloured; its words say the same. */
export function toneOf(kind: Competitor['verdict']['kind']): string {
  if (kind === 'no fault found') return 'good';
  if (kind === 'baseline' || kind === 'waiting') return 'muted';
  return kind === 'under-trained' || kind === 'on its plateau' ? 'warn' : 'bad';
}
