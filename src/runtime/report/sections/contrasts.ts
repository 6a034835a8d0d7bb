/** Every pair that was tested, measure by measure. */
import type { Comparison, Contrast, MeasureInfo } from '../../compare/comparison.js';
import { count, formatDifference, formatProbability } from '../format.js';
import { html } from '../html/html.js';
import { table } from '../html/table.js';
import { mainMeasure, rankBy, usedMeasures } from '../ranking.js';
import type { SectionEntry } from './section.js';

/** Of more pairs, those with the first of the objectives are shown, and all to whom asks. */
const mostOpen = 30;

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
    return html`<p class="note">Paired over the same seeds and test examples; a difference is shown where its 95 % interval leaves out zero. The more pairs, the more intervals leave it out by chance: p is adjusted for all pairs of a measure (Holm 1979), so that where no pair differs, one below 0.05 turns up in at most one of twenty comparisons. The least p of a measure says that no resample lies on the other side of zero: the true one may be smaller.</p>${tested.map(
      ({ measure, found }, i) => {
        const shown = found.filter(({ isShown }) => isShown).length;
        const isOpen = measure === main && found.length <= mostOpen;
        const leader = measure === main && !isOpen ? ofLeader(comparison, measure, found) : [];
        return html`${leader.length > 0 ? contrastTable(measure, leader, 'leader') : ''}<details id="contrasts-${i}"${isOpen ? html` open` : ''}><summary>${measure.label}: ${shown} of ${count(found.length, 'pair')} shown to differ</summary>
${contrastTable(measure, found, String(i))}</details>`;
      },
    )}`;
  },
};

/** The first of the objectives with each of the others, it first. */
function ofLeader(comparison: Comparison, measure: MeasureInfo, found: readonly Contrast[]): readonly Contrast[] {
  const leader = rankBy(comparison, measure).find(({ rank }) => rank === 1)?.competitor.name;
  return found.flatMap((contrast) => {
    if (contrast.a === leader) return [contrast];
    if (contrast.b !== leader) return [];
    const { a, b, difference, low, high } = contrast;
    return [{ ...contrast, a: b, b: a, difference: -difference, low: -high, high: -low }];
  });
}

function contrastTable(measure: MeasureInfo, found: readonly Contrast[], name: string) {
  return table({
    id: `contrast-table-${name}`,
    kind: 'contrasts',
    isSortable: true,
    caption: html`${measure.label}: the first less the second`,
    columns: [
      { name: 'First' },
      { name: 'Second' },
      { name: 'Difference', isNumber: true },
      { name: '95 % interval', isNumber: true },
      { name: 'p, adjusted', isNumber: true },
      { name: 'Finding' },
    ],
    rows: found.map(({ a, b, difference, low, high, isShown, adjusted }) => [
      { content: a, value: a },
      { content: b, value: b },
      { content: formatDifference(difference, measure.unit), value: difference },
      { content: `${formatDifference(low, measure.unit)} to ${formatDifference(high, measure.unit)}`, value: low },
      adjusted === undefined ? '–' : { content: formatProbability(adjusted), value: adjusted },
      finding(isShown, adjusted),
    ]),
  });
}

function finding(isShown: boolean, adjusted: number | undefined) {
  if (!isShown) {
    const value = 'no difference shown';
    return { content: html`<span class="muted">${value}</span>`, value };
  }
  const value = adjusted !== undefined && adjusted >= 0.05 ? 'shown alone, not among all pairs' : 'shown';
  return { content: value, value };
}
