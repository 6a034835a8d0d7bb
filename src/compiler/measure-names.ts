/** What `evaluate … { measures: [...] }` may name; `src/runtime/evaluate/measures` has an entry for each. */
export const measureNames = [
  'knn',
  'linear',
  'fine_tune',
  'retrieval',
  'clusters',
  'robustness',
  'transfer',
  'forgetting',
  'rankme',
  'lidar',
  'spread',
  'alignment',
  'uniformity',
  'energy_gap',
  'pair_retrieval',
  'calibration',
  'gradient_conflict',
] as const;

export type MeasureName = (typeof measureNames)[number];

/** Those of which one side is better: competitors can be ranked by them. */
export const rankingMeasures = [
  ...(['knn', 'linear', 'fine_tune', 'retrieval', 'clusters', 'robustness', 'transfer', 'forgetting'] as const),
  ...(['alignment', 'uniformity', 'energy_gap', 'pair_retrieval', 'calibration'] as const),
] as const satisfies readonly MeasureName[];

export type RankingMeasure = (typeof rankingMeasures)[number];

/** What ranks where a file does not say: the linear probe, else the first that can. */
export function defaultRanking(measures: readonly MeasureName[]): RankingMeasure | undefined {
  const able = measures.filter(isRanking);
  return able.includes('linear') ? 'linear' : able[0];
}

export function isRanking(name: string): name is RankingMeasure {
  return rankingMeasures.some((known) => known === name);
}

/** What is measured where a comparison does not say. */
export const comparedMeasures: readonly MeasureName[] = [
  ...(['knn', 'linear', 'fine_tune', 'retrieval', 'clusters', 'rankme', 'lidar'] as const),
  ...(['spread', 'alignment', 'uniformity', 'energy_gap', 'gradient_conflict'] as const),
];

/** What is measured where a file does not say. */
export const defaultMeasures: readonly MeasureName[] = ['knn', 'linear', 'rankme', 'spread', 'alignment', 'uniformity'];

/** The same of what is trained in stages. */
export const stagedMeasures: readonly MeasureName[] = [...defaultMeasures, 'forgetting'];
