import { adjustedRandIndex, normalizedMutualInformation } from '../cluster-agreement.js';
import { kMeans } from '../k-means.js';
import type { Measure } from './measure.js';

export const clusters: Measure = {
  needs: ['features', 'labels'],
  isDrawn: () => true,
  infos: () => [
    {
      key: 'clusters.nmi',
      label: 'clusters, NMI',
      better: 'higher',
      unit: 'number',
      explanation:
        'Normalised mutual information of classes and as many k-means clusters of the L2-normalised test features (Strehl & Ghosh 2002; arithmetic mean).',
    },
    {
      key: 'clusters.ari',
      label: 'clusters, ARI',
      better: 'higher',
      unit: 'number',
      explanation:
        'Adjusted Rand index of classes and the same clusters (Hubert & Arabie 1985): 1 at best, 0 by chance.',
    },
  ],
  async compute({ test, labels, seed, algebra }) {
    const k = Math.min(new Set(labels!.test).size, test.rows);
    const { assignments } = await kMeans(test, { clusters: k, seed }, algebra);
    return {
      'clusters.nmi': { value: normalizedMutualInformation(labels!.test, assignments) },
      'clusters.ari': { value: adjustedRandIndex(labels!.test, assignments) },
    };
  },
};
