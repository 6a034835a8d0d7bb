/** Every pair that was tested, measure by measure. */
import type { Contrast, MeasureInfo } from '../../compare/comparison.js';
import { count, formatDifference } from '../format.js';
import { html } from '../html/html.js';
import { table } from '../html/table.js';
import { mainMeasure, usedMeasures } from '../ranking.js';
import type { SectionEntry } from './section.js';

export const contrasts: SectionEntry = {
  id: 'contrasts',
  title: 'Differences shown and not shown',
  write(comparison) {
    if (comparison.contrasts.length === 0) return undefined;
    const main = mainMeasure(comparison);
    const tested = usedMeasures(comparison).flatMap((measure) => {
      const found = comparison.contrasts.filter((contrast) => contrast.measure === measure.key);
      return found.length === 0 ? [] : [{ measure, found }];
    });
    return html`<p class="note">Paired over the same seeds and test examples; a difference is shown where its 95 % interval leaves out zero.</p>${tested.map(
      ({ measure, found }, i) => {
        const shown = found.filter(({ isShown }) => isShown).length;
        return html`<details id="contrasts-${i}"${measure === main ? html` open` : ''}><summary>${measure.label}: ${shown} of ${count(found.length, 'pair')} shown to differ</summary>
${contrastTable(measure, found, i)}</details>`;
      },
    )}`;
  },
};

function contrastTable(measure: MeasureInfo, found: readonly Contrast[], i: number) {
  return table({
    id: `contrast-table-${i}`,
    isSortable: true,
    caption: html`${measure.label}: the first less the second`,
    columns: [
      { name: 'First' },
      { name: 'Second' },
      { name: 'Difference', isNumber: true },
      { name: '95 % interval', isNumber: true },
      { name: 'Finding' },
    ],
    rows: found.map(({ a, b, difference, low, high, isShown }) => [
      { content: a, value: a },
      { content: b, value: b },
      { content: formatDifference(difference, measure.unit), value: difference },
      { content: `${formatDifference(low, measure.unit)} to ${formatDifference(high, measure.unit)}`, value: low },
      {
        content: isShown ? 'shown' : html`<span class="muted">no difference shown</span>`,
        value: isShown ? 'shown' : 'no difference shown',
      },
    ]),
  });
}
