/** The loss and its terms over the steps, a panel a competitor; every seed is drawn. */
import type { Competitor } from '../../compare/comparison.js';
import { curveChart, dashes, type Line } from '../charts/curves.js';
import { formatNumber } from '../format.js';
import { figure, lineSwatch, swatch } from '../html/figure.js';
import { html } from '../html/html.js';
import { markOf, panels, type SectionEntry, thin } from './section.js';

const rowsShown = 12;

export const curves: SectionEntry = {
  id: 'curves',
  title: 'Learning curves',
  async write(comparison, draw) {
    const figures = await Promise.all(
      comparison.competitors.map(async (competitor, place) => {
        const lines = linesOf(competitor);
        if (lines.length === 0) return [];
        const { colour, shape } = markOf(comparison, competitor);
        const names = termsOf(competitor);
        const curve = competitor.runs.find((run) => run.curve.length > 0)!.curve;
        const [first, last] = [curve[0]!, curve.at(-1)!];
        return [
          figure({
            title: html`${swatch(colour, shape)} ${competitor.name}`,
            description: `Loss of ${competitor.name} from ${formatNumber(first.loss)} at step ${first.step} to ${formatNumber(last.loss)} at step ${last.step}`,
            svg: await draw(curveChart({ lines, x: { title: 'step', format: '~s' }, y: {} })),
            note: names.length > 1 ? legend(names) : undefined,
            data: {
              id: `curve-${place}`,
              caption: html`${competitor.name}, ${Math.min(rowsShown, curve.length)} of ${curve.length} points of the first seed (all are in the JSON)`,
              columns: ['Step', 'Loss', ...names].map((name) => ({ name, isNumber: true })),
              rows: thin(curve, rowsShown).map(({ step, loss, terms }) => [
                String(step),
                formatNumber(loss),
                ...names.map((name) => formatNumber(terms[name] ?? Number.NaN)),
              ]),
            },
          }),
        ];
      }),
    );
    const drawn = figures.flat();
    if (drawn.length === 0) return undefined;
    return html`<p class="note">Losses of different objectives are in different units: compare shapes, not heights. Each line is a seed.</p>${panels(drawn)}`;
  },
};

/** The terms of an objective, in the order of its curve. */
export function termsOf({ runs }: Pick<Competitor, 'runs'>): readonly string[] {
  return [...new Set(runs.flatMap(({ curve }) => Object.keys(curve.at(-1)?.terms ?? {})))];
}

/** The terms first, the loss over them; an objective of one term is its loss. */
function linesOf(competitor: Competitor): readonly Line[] {
  const names = termsOf(competitor);
  const runs = competitor.runs.filter(({ curve }) => curve.length > 0);
  const terms = names.length < 2 ? [] : names;
  return [
    ...terms.flatMap((name, i) =>
      runs.map(({ curve }) => ({
        points: curve.map(({ step, terms: values }) => [step, values[name] ?? Number.NaN] as const),
        ...styleOf(i),
      })),
    ),
    ...runs.map(({ curve }) => ({
      points: curve.map(({ step, loss }) => [step, loss] as const),
      colour: 'var(--text)',
      width: 1.3,
    })),
  ];
}

function styleOf(i: number): { readonly colour: string; readonly dash: readonly number[]; readonly width: number } {
  return { colour: `var(--c${1 + (i % 8)})`, dash: dashes[(i + 1) % dashes.length]!, width: 1.2 };
}

function legend(names: readonly string[]) {
  const entry = (name: string, colour: string, dash?: readonly number[]) =>
    html`<span class="key">${lineSwatch(colour, dash)} ${name}</span> `;
  return html`${entry('loss', 'var(--text)')}${names.map((name, i) => entry(name, styleOf(i).colour, styleOf(i).dash))}`;
}
