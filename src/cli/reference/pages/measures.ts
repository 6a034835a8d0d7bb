/** What `evaluate` and `compare` can measure, from the table of measures. */
import { comparedMeasures, defaultMeasures, defaults, measureNames } from '../../../compiler/index.js';
import { type MeasureSettings, measures, mostPairs, mostViewed, type Need } from '../../../runtime/evaluate/index.js';
import { page, prose, table } from '../markdown.js';

const needs: { readonly [N in Need]: string } = {
  features: 'finite features',
  labels: 'labels',
  views: 'two views',
  energy: 'an energy of pairs',
  pairs: 'an energy of pairs',
  pictures: 'pictures',
  transfer: 'data sets of `transfer`',
  training: 'a comparison',
  terms: 'an objective of two terms that train the encoder, in whole batches, and a comparison',
  stages: 'training in stages, with labels',
};
const directions = { higher: 'higher', lower: 'lower', neither: '' } as const;

function thousands(count: number): string {
  return count.toLocaleString('en');
}

export function measuresPage(): string {
  const settings: MeasureSettings = {
    measures: measureNames,
    neighbours: defaults.knn,
    labels: [1],
    transfers: ['NAME'],
    stages: ['NAME'],
  };
  const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
  const parts = measureNames.flatMap((name) => {
    const measure = measures[name];
    const rows = measure
      .infos(settings)
      .map(({ key, label, better, explanation }) => [`\`${key}\``, label, directions[better], prose(explanation)]);
    const needed = measure.needs.filter((need) => need !== 'features').map((need) => needs[need]);
    return [
      `## ${name}`,
      ...(needed.length === 0 ? [] : [`Needs ${needed.join(', ')}.`]),
      table(['figure', 'shown as', 'better', 'what it is'], rows),
    ];
  });
  return page(
    'Measures',
    `\`evaluate M on D { measures: [knn, linear, rankme] }\`. Without \`measures\`, \`evaluate\` takes ${list(defaultMeasures)}, and of what was trained in stages \`forgetting\`; \`compare\` takes ${list(comparedMeasures)}.
What cannot be measured is left out, with its reason.`,
    `A compatible pair is what the objective gives the first declared energy in its terms (of an energy that no term uses, the first two views); a mismatched one has its first
argument with the others of another example. An energy of one argument has no pairs.

Views are drawn of at most ${thousands(mostViewed)} test examples, evenly spread (alignment; LiDAR says how many of them it takes); energies are of at most ${thousands(mostPairs)} test examples,
drawn by the seed, with one mismatched pair each. A smaller test split is used whole.`,
    parts,
  );
}
