/** Whether the terms of each objective pull its encoder the same way. */
import { formatNumber } from '../format.js';
import { html } from '../html/html.js';
import { table } from '../html/table.js';
import { pictured, type SectionEntry } from './section.js';

export const termGradients: SectionEntry = {
  id: 'term-gradients',
  title: 'Gradients of terms',
  write(comparison) {
    const found = pictured(comparison, 'termCosines').filter(({ picture }) => picture.length > 0);
    if (found.length === 0) return undefined;
    const rows = found.flatMap(({ competitor, picture }) =>
      picture.map(({ a, b, start, end }) => [
        { content: competitor.name, value: competitor.name },
        { content: `${a}, ${b}`, value: `${a}, ${b}` },
        { content: formatNumber(start), value: start },
        { content: formatNumber(end), value: end },
      ]),
    );
    return html`<p class="note">Cosine between the gradients of two terms with respect to the encoder, mean over training batches of the first seed: 1 where both ask for the same step, 0 where neither minds the other, below 0 where one undoes what the other does (Yu et al. 2020). Where training ends with two terms in balance, it is near −1: look at the start for conflict.</p>${table(
      {
        id: 'term-gradients-table',
        isSortable: true,
        caption: html`Every pair of terms that both move the encoder`,
        columns: [
          { name: 'Objective' },
          { name: 'Terms' },
          { name: 'Cosine before training', isNumber: true },
          { name: 'Cosine after', isNumber: true },
        ],
        rows,
      },
    )}`;
  },
};
