/** A few test examples and what the representation takes to be nearest to them. */
import type { ComparedData, Exhibit } from '../../compare/comparison.js';
import { swatch } from '../html/figure.js';
import { type Html, html } from '../html/html.js';
import { table } from '../html/table.js';
import { markOf, pictured, type SectionEntry } from './section.js';

export const neighbours: SectionEntry = {
  id: 'neighbours',
  title: 'Nearest neighbours',
  write(comparison) {
    const found = pictured(comparison, 'neighbours').filter(({ picture }) => picture.length > 0);
    if (found.length === 0) return undefined;
    const { classes } = comparison.dataset;
    const hasLabels = found.some(({ picture }) => picture.some(({ query }) => query.label !== undefined));
    return html`<p class="note">The first column is the query, the others its nearest, with cosine similarity.${
      hasLabels ? ' ✓ of the same class, ✗ of another.' : ''
    }</p><div class="panels">${found.map(({ competitor, run, picture, place }) => {
      const { colour, shape } = markOf(comparison, competitor);
      const most = picture.reduce((n, { nearest }) => Math.max(n, nearest.length), 0);
      return html`<div class="exhibits">${table({
        id: `neighbours-${place}`,
        kind: 'pictures',
        caption: html`${swatch(colour, shape)} ${competitor.name}, seed ${run.seed}`,
        columns: [{ name: 'Query' }, ...Array.from({ length: most }, (_, i) => ({ name: String(i + 1) }))],
        rows: picture.map(({ query, nearest }) => [
          exhibit(query, classes),
          ...Array.from({ length: most }, (_, i) => {
            const other = nearest[i];
            if (!other) return '';
            const match =
              query.label === undefined || other.label === undefined ? '' : query.label === other.label ? '✓ ' : '✗ ';
            return html`${exhibit(other, classes)}<small>${match}${other.similarity.toFixed(2)}</small>`;
          }),
        ]),
      })}</div>`;
    })}</div>`;
  },
};

/** Only pictures that are in the file itself are shown. */
const picture = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/=]+$/;

function exhibit({ image, text, label }: Exhibit, classes: ComparedData['classes']): Html {
  const name = label === undefined ? '' : className(label, classes);
  const shown =
    image !== undefined && picture.test(image)
      ? html`<img src="${image}" alt="${name ? `example of class ${name}` : 'example'}" decoding="async">`
      : html`<q>${text ?? 'no picture'}</q>`;
  return html`${shown}${name ? html`<small>${name}</small>` : ''}`;
}

export function className(label: number, classes: ComparedData['classes']): string {
  return classes?.[label] ?? String(label);
}
