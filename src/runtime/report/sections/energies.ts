/** Energies of compatible and of mismatched pairs, and how well they are told apart. */
import { energyAuroc } from '../auroc.js';
import { binEnergies, histogramChart } from '../charts/histogram.js';
import { count, formatNumber } from '../format.js';
import { figure, swatch } from '../html/figure.js';
import { html } from '../html/html.js';
import { markOf, panels, pictured, type SectionEntry } from './section.js';

const quantiles = [0.05, 0.25, 0.5, 0.75, 0.95];

export const energies: SectionEntry = {
  id: 'energies',
  title: 'Energies of compatible and mismatched pairs',
  async write(comparison, draw) {
    const found = pictured(comparison, 'energies');
    if (found.length === 0) return undefined;
    const figures = await Promise.all(
      found.map(async ({ competitor, run, picture: { compatible, mismatched }, place }) => {
        const { colour, shape } = markOf(comparison, competitor);
        const auroc = energyAuroc(compatible, mismatched);
        return figure({
          title: html`${swatch(colour, shape)} ${competitor.name} <span class="muted">AUROC ${Number.isNaN(auroc) ? '–' : auroc.toFixed(3)}</span>`,
          description: `Energies of ${competitor.name}, seed ${run.seed}: median ${formatNumber(quantile(compatible, 0.5))} of ${count(compatible.length, 'compatible pair')}, ${formatNumber(quantile(mismatched, 0.5))} of ${count(mismatched.length, 'mismatched pair')}; AUROC ${formatNumber(auroc)}`,
          svg: await draw(histogramChart(binEnergies(compatible, mismatched))),
          data: {
            id: `energies-${place}`,
            caption: html`Quantiles of the energies of ${competitor.name}, seed ${run.seed}`,
            columns: ['Quantile', 'Compatible', 'Mismatched'].map((name) => ({ name, isNumber: true })),
            rows: quantiles.map((q) => [
              `${100 * q} %`,
              formatNumber(quantile(compatible, q)),
              formatNumber(quantile(mismatched, q)),
            ]),
          },
        });
      }),
    );
    return html`<p class="note"><span class="key"><span class="box filled"></span> compatible pairs</span> <span class="key"><span class="box outlined"></span> mismatched pairs</span>
Share of the pairs; each energy in its own units. AUROC: how often a compatible pair has the lower energy (1: always, 0.5: as often as not).</p>${panels(figures)}`;
  },
};

/** By linear interpolation between the sorted values, as numpy's default. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const at = q * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below === above ? below : below + (at - Math.floor(at)) * (above - below);
}
