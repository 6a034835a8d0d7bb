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

/** What is measured where a comparison does not say. */
export const comparedMeasures: readonly MeasureName[] = [
  ...(['knn', 'linear', 'fine_tune', 'retrieval', 'clusters', 'rankme', 'lidar'] as const),
  ...(['spread', 'alignment', 'uniformity', 'energy_gap', 'gradient_conflict'] as const),
];

/** What is measured where a file does not say. */
export const defaultMeasures: readonly MeasureName[] = ['knn', 'linear', 'rankme', 'spread', 'alignment', 'uniformity'];

/** The same of what is trained in stages. */
export const stagedMeasures: readonly MeasureName[] = [...defaultMeasures, 'forgetting'];
