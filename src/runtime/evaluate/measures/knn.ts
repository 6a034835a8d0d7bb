import { hits, mean } from '../hits.js';
import { knnPredictions } from '../knn.js';
import type { Measure } from './measure.js';

export const knn: Measure = {
  needs: ['features', 'labels'],
  infos: ({ neighbours }) => [
    {
      key: 'knn',
      label: `k-NN (k ${neighbours})`,
      better: 'higher',
      unit: 'share',
      explanation:
        'Accuracy on test examples of a vote of the most similar training examples, weighted by exp(cosine / 0.1) (Wu et al. 2018, section 3.4).',
    },
  ],
  async compute({ train, test, labels, algebra }, { neighbours }) {
    const options = { neighbours, classes: labels!.classes };
    const scores = hits(await knnPredictions(train, labels!.train, test, options, algebra), labels!.test);
    return { knn: { value: mean(scores), scores } };
  },
};
