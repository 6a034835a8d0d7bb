import { rankme as rankmeOf } from '../rankme.js';
import type { Measure } from './measure.js';

export const rankme: Measure = {
  needs: ['features'],
  infos: () => [
    {
      key: 'rankme',
      label: 'RankMe',
      better: 'neither',
      unit: 'number',
      explanation:
        'How many dimensions the test features use: exp of the entropy of their singular values (Garrido et al. 2023, equation 1).',
    },
  ],
  compute: async ({ test }) => ({ rankme: { value: rankmeOf(test) } }),
};
