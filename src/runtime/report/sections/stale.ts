/** Figures of objectives and data that have changed since: apart from those that count. */
import { formatValue } from '../format.js';
import { html } from '../html/html.js';
import { table } from '../html/table.js';
import type { SectionEntry } from './section.js';

export const stale: SectionEntry = {
  id: 'stale',
  title: 'Old figures',
  write({ stale: old = [], measures }) {
    if (old.length === 0) return undefined;
    const shown = measures.filter(({ key, better }) => better !== 'neither' && old.some(({ means }) => key in means));
    return html`<p>Measured in this folder before, under a name that means something else now. They count for nothing above.</p>${table(
      {
        id: 'stale-figures',
        kind: 'sticky',
        caption: 'Figures of other objectives or other data',
        columns: [
          ...[{ name: 'Competitor' }, { name: 'Changed since' }, { name: 'Objective' }, { name: 'Measured' }],
          ...shown.map(({ label }) => ({ name: label, isNumber: true })),
        ],
        rows: old.map(({ name, changed, objective, created, means }) => [
          ...[name, changed, objective.slice(0, 8), created.slice(0, 10)],
          ...shown.map(({ key, unit }) => formatValue(means[key], unit)),
        ]),
      },
    )}`;
  },
};
