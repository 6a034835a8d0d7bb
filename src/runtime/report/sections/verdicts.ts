/** What is wrong with whom, and why: faults first, and every run that has no result with its reason. */
import type { Competitor } from '../../compare/comparison.js';
import { count } from '../format.js';
import { html } from '../html/html.js';
import { table } from '../html/table.js';
import { nameCell, toneOf } from './ranking.js';
import type { SectionEntry } from './section.js';

const gravity: readonly Competitor['verdict']['kind'][] = [
  ...(['failed', 'gradient wrong', 'collapsed', 'on its plateau', 'under-trained'] as const),
  ...(['waiting', 'no fault found', 'baseline'] as const),
];

export const verdicts: SectionEntry = {
  id: 'verdicts',
  title: 'Verdicts',
  write(comparison) {
    const rows = [...comparison.competitors].sort(
      (a, b) => gravity.indexOf(a.verdict.kind) - gravity.indexOf(b.verdict.kind),
    );
    if (rows.length === 0) return html`<p>Nothing is compared.</p>`;
    return table({
      id: 'verdict-table',
      kind: 'prose',
      caption: 'Whether a row is to be trusted, with the reason; faults first',
      columns: [{ name: 'Competitor' }, { name: 'Verdict' }, { name: 'Reason' }, { name: 'Runs' }],
      rows: rows.map((competitor) => [
        nameCell(comparison, competitor),
        html`<span class="verdict ${toneOf(competitor.verdict.kind)}">${competitor.verdict.kind}</span>`,
        competitor.verdict.reason,
        runsOf(competitor),
      ]),
    });
  },
};

function runsOf({ runs }: Competitor) {
  if (runs.length === 0) return html`<span class="muted">none</span>`;
  const finished = runs.filter(({ status }) => status === 'finished').length;
  const rest = runs.filter(({ status }) => status !== 'finished');
  const steps = (curve: { readonly step: number }[] | readonly { readonly step: number }[]) => curve.at(-1)?.step;
  return html`${finished} of ${count(runs.length, 'run')} finished${
    rest.length === 0
      ? ''
      : html`<ul>${rest.map(({ seed, status, reason, curve }) => {
          const at = steps(curve);
          return html`<li>seed ${seed}: ${status}${at === undefined ? '' : ` at step ${at}`}${reason ? `: ${reason}` : ''}</li>`;
        })}</ul>`
  }`;
}
