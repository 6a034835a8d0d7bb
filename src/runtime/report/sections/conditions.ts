/** What was held equal, what was not, on which data, and what was tuned. */
import type { Comparison } from '../../compare/comparison.js';
import { formatNumber, formatSettings } from '../format.js';
import { type Html, html } from '../html/html.js';
import { table } from '../html/table.js';
import type { SectionEntry } from './section.js';

export const conditions: SectionEntry = {
  id: 'conditions',
  title: 'Conditions',
  write(comparison) {
    return html`<h3>Held equal</h3>${pairs('budget', 'What every competitor was given', comparison.budget)}
<h3>Differences between competitors</h3>${differencesOf(comparison)}
<h3>Data</h3>${pairs('data', 'The data', dataFacts(comparison))}
${tuning(comparison)}`;
  },
};

/** The data, as facts with names. */
export function dataFacts({ dataset }: Comparison): Readonly<Record<string, string>> {
  const { name, hash, train, validation, test, classes } = dataset;
  return {
    'data set': name,
    hash: hash || 'not recorded',
    'examples to train on': String(train),
    'held out for choosing settings': validation === 0 ? 'none: nothing was chosen' : String(validation),
    'test examples': String(test),
    classes: classes === undefined ? 'no labels: label-free measures only' : `${classes.length}: ${classes.join(', ')}`,
  };
}

function differencesOf({ differences, competitors }: Comparison): Html {
  if (differences.length === 0) return html`<p>None besides their objectives.</p>`;
  const named = new Set(differences.flatMap(({ values }) => Object.keys(values)));
  const names = [...competitors.map(({ name }) => name).filter((name) => named.has(name)), ...named].filter(
    (name, i, all) => all.indexOf(name) === i,
  );
  return table({
    id: 'differences',
    kind: 'sticky prose',
    caption: 'In what the competitors differ besides their objectives: all of it',
    columns: [{ name: 'Competitor' }, ...differences.map(({ what }) => ({ name: what }))],
    rows: names.map((name) => [name, ...differences.map(({ values }) => values[name] ?? '–')]),
  });
}

function tuning({ competitors }: Comparison): Html | undefined {
  const tuned = competitors.filter(({ tried }) => tried.length > 0);
  if (tuned.length === 0) return undefined;
  return html`<h3>Settings tried</h3>${table({
    id: 'tried',
    caption: 'What was tried for each, scored on held-out training data; the chosen one is first',
    columns: [
      { name: 'Competitor' },
      { name: 'Settings' },
      { name: 'By' },
      { name: 'Score', isNumber: true },
      { name: '' },
    ],
    rows: tuned.flatMap(({ name, tried, triedBy }) =>
      tried.map(({ settings, score }, i) => [
        name,
        formatSettings(settings) || 'as declared',
        triedBy ?? '–',
        formatNumber(score),
        i === 0 ? 'chosen' : '',
      ]),
    ),
  })}`;
}

/** Names and values as a table of two columns. */
export function pairs(id: string, caption: string, values: Readonly<Record<string, string>>): Html {
  return table({
    id,
    kind: 'pairs',
    caption,
    columns: [{ name: 'What' }, { name: 'Value' }],
    rows: Object.entries(values).map(([name, value]) => [name, value]),
  });
}
