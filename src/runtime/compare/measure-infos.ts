/** The measures of an evaluation, as a report explains them. */
import type { EvaluateDecl } from '../../compiler/declarations.js';
import type { MeasureInfo } from './comparison.js';

export function measureInfos({ neighbours, labels }: Pick<EvaluateDecl, 'neighbours' | 'labels'>): MeasureInfo[] {
  const most = Math.max(...labels);
  return [
    {
      key: 'knn',
      label: `k-NN (k ${neighbours})`,
      better: 'higher',
      unit: 'share',
      explanation:
        'Test examples whose class a weighted vote of the nearest training examples finds, by cosine (Wu et al. 2018).',
    },
    ...labels.map(
      (share): MeasureInfo => ({
        key: `linear.${share}`,
        label: `linear probe, ${Number((100 * share).toPrecision(3))} % of the labels`,
        better: 'higher',
        unit: 'share',
        explanation: 'Accuracy of a linear classifier on the frozen features.',
        ...(share === most ? { isMain: true } : {}),
      }),
    ),
    {
      key: 'rankme',
      label: 'RankMe',
      better: 'neither',
      unit: 'number',
      explanation:
        'Effective rank of the features of the test split (Garrido et al. 2023): how many dimensions are used.',
    },
    {
      key: 'spread',
      label: 'spread',
      better: 'neither',
      unit: 'number',
      explanation:
        'Standard deviation of normalised features, times the square root of their number: 1 is even, 0 collapsed.',
    },
    {
      key: 'alignment',
      label: 'alignment',
      better: 'neither',
      unit: 'number',
      explanation: 'Mean squared distance of two views of an example on the sphere (Wang & Isola 2020).',
    },
    {
      key: 'uniformity',
      label: 'uniformity',
      better: 'neither',
      unit: 'number',
      explanation:
        'Logarithm of the mean Gaussian potential of pairs on the sphere (Wang & Isola 2020): lower is more even.',
    },
  ];
}
