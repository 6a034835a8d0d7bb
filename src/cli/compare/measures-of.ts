/** What was measured of one encoder, by the stable names of the measures. */
import type { JobKind } from '../../runtime/compare/job.js';
import type { EvaluationResult, RowName } from '../../runtime/evaluate/index.js';

export const rowOf: Readonly<Record<JobKind, RowName>> = {
  objective: 'trained',
  supervised: 'trained',
  untrained: 'untrained',
  raw: 'raw pixels',
};

export function measuresOf({ rows }: EvaluationResult): Record<string, number> {
  const row = rows[0]!;
  const { knn, alignment, rankme, spread, uniformity } = row;
  const linear = row.linear.map(({ labels, accuracy }) => [`linear.${labels}`, accuracy] as const);
  return {
    ...(knn === undefined ? {} : { knn }),
    ...Object.fromEntries(linear),
    ...{ rankme, spread, uniformity },
    ...(alignment === undefined ? {} : { alignment }),
  };
}
