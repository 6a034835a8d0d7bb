import { spread as spreadOf } from '../spread.js';
import type { Measure } from './measure.js';

export const spread: Measure = {
  needs: ['features'],
  infos: () => [
    {
      key: 'spread',
      label: 'spread',
      better: 'neither',
      unit: 'number',
      explanation:
        'Mean deviation of the dimensions of L2-normalised test features, times √d: 0 where collapsed, 1 at most (after Chen & He 2021, section 4.1).',
    },
  ],
  compute: async ({ test }) => ({ spread: { value: spreadOf(test).mean } }),
};
